"""The project's settings and its audit trail."""

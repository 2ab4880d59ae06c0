"""The project as a whole: overview, settings, history."""

"""The duplicates page: groups, decisions, the search."""

"""Find, compare, decide and list duplicates."""

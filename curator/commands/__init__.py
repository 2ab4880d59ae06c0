"""The `curator` command: the steps of the pages, for the terminal and for scripts."""

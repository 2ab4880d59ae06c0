"""Back up, restore, clean, erase."""

"""A collection as it lies: folders, zips, tars."""

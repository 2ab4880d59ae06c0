"""What the layouts share: what an entry is, label files, names, numbers, votes."""

"""Make a facial-expression set: import, faces, labels, duplicates, balance, snapshots."""

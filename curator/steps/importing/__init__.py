"""Take a collection in: files, labels, faces."""

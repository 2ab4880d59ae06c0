"""What the annotations given so far settle."""

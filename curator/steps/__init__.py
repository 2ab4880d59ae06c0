"""What is done to a project, one verb a file."""

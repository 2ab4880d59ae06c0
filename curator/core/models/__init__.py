"""What a net says of faces, and which labels it doubts."""

"""Which face is labelled next, and by how many."""

"""Decode, hash and encode images; strip their metadata."""

"""Faces and their pictures: pages, dialog and routes."""

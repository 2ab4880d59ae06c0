"""Faces of a snapshot as arrays: loading, splits, targets, augmentation."""

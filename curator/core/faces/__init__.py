"""Detectors, crops, quality and the paper's pre-processing."""

"""Benchmark, predictions, live recognition and suggestions: pages and routes."""

"""Adjudicate, send back, measure agreement and annotators."""

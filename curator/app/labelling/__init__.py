"""Labelling and verifying: pages, routes and what the browser is told."""

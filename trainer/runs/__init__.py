"""A benchmark as it runs: cells, records, estimates, studies."""

"""What a run is worth: scores, intervals, tests, slices."""

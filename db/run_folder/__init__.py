"""The folder of a run: results, figures, predictions, and where each lies."""

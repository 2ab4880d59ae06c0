"""Agreement, annotators' quality, and what suggestions do to labels."""

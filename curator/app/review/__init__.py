"""Review, agreement and team: pages for those who check labels."""

"""The import page: what is asked, the preview, what came in."""

"""Images by their addresses on the web."""

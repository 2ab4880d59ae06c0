"""The page that erases."""

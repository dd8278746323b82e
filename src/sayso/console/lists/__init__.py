"""Lists of contacts."""

"""Lines and numbers."""

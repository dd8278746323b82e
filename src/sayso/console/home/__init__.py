"""The dashboard, and the first steps of a new workspace."""

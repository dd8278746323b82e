"""Who works in a workspace, and as what."""

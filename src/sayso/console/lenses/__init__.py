"""Read-only eyes on the domain tables. Nothing is written through them: `actions` is for that."""

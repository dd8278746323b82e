"""Django read-only eyes on the domain tables. Nothing is written through them: that is what `actions` is for."""

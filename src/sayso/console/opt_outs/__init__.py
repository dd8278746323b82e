"""The opt-outs page: who asked to stop, what they said, what it stops."""

"""Replay: what stored texts would do under other keywords."""

"""Keyword processes: what happens when someone texts a word."""

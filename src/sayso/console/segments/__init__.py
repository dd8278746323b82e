"""Segments: conditions put together without writing code, counted as they change."""

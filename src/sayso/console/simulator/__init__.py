"""Telephones in the browser."""

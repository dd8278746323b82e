"""Prices and credit."""

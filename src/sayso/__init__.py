"""Sayso: two-way SMS and MMS, sent on your customers' say-so."""

__version__ = "0.1.0"

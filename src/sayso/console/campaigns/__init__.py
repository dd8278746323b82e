"""Campaigns: written, rehearsed, launched, watched."""

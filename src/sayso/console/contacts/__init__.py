"""Contacts: finding one among a million, what is known of one, and bringing them in from a file."""

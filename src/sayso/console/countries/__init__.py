"""Country rules, as they are applied."""

"""What belongs to nobody's workspace: unrouted texts, quarantine."""

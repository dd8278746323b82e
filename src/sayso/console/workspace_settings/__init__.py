"""What a workspace says of itself: opt-out message, terms, categories."""

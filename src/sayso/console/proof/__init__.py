"""What is known of a number, in people's words: its blocks, its ledger, what was said and sent."""

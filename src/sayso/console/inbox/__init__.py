"""The inbox: what people wrote, and what is answered."""

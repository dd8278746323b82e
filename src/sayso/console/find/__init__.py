"""Finding anything from the bar: a number, a contact by it, a keyword, a process."""

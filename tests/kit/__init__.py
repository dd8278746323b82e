"""One page with every part of the kit, for tests alone; the console itself has no such page."""

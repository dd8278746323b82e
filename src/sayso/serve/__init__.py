"""The composition root: builds every room, hands a path to its door, and looks after the processes."""

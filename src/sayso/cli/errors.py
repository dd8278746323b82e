"""What a command raises when it can't do what it was asked."""


class CommandError(Exception):
    """The command can't do it; the message says why and what to do. Exit code 2."""

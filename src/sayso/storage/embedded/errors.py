"""What can keep the embedded database from running, told to the operator."""


class EmbeddedError(Exception):
    """The embedded PostgreSQL can't run here; the message says why and what to do."""


class HomeInUseError(EmbeddedError):
    """Another Sayso holds this home; the message names its process."""

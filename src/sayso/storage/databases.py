"""The two ways into one database: as its owner, and as everybody else."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Databases:
    """Says how to reach the database, and hides the passwords from logs.

    ``owner_url`` may make roles and schemas and is for ``migrate``, ``backup`` and ``restore`` alone.
    ``url`` is what every door, engine and console connects with: a login role that owns nothing.
    Both are whatever libpq takes: ``postgresql://…`` or ``key=value …``.
    """

    owner_url: str = field(repr=False)
    url: str = field(repr=False)

    @classmethod
    def external(cls, url: str, owner_url: str | None = None) -> "Databases":
        """A PostgreSQL that somebody else runs; one address serves for both where only one is given."""
        return cls(owner_url=owner_url or url, url=url)

    @property
    def login(self) -> str:
        """The role that everybody but ``migrate`` logs in as; empty where the address names none."""
        from psycopg.conninfo import conninfo_to_dict  # late: the embedded keeper needs no psycopg

        return str(conninfo_to_dict(self.url).get("user") or "")

    def named(self, database: str) -> "Databases":
        """The same server and the same roles, another database on it."""
        from psycopg.conninfo import make_conninfo

        return Databases(
            owner_url=make_conninfo(self.owner_url, dbname=database),
            url=make_conninfo(self.url, dbname=database),
        )

"""Acquaints a new cluster with Sayso: one database, one login role."""

from sayso.storage.databases import Databases

DATABASE = "sayso"
LOGIN = "sayso"


def introduce(databases: Databases) -> None:
    """Make the database and the login role of ``databases`` unless they are there.

    Its owner must be a superuser. The role owns nothing and is no superuser.
    """
    import psycopg  # late: the keeper imports this package too and stays small
    from psycopg import sql
    from psycopg.conninfo import conninfo_to_dict

    with psycopg.connect(databases.named("postgres").owner_url, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [LOGIN]).rowcount:
            # NOINHERIT: what this role may do it does only after SET ROLE, so a forgotten one fails closed,
            # and the engine's policies never apply to a door.
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(LOGIN)))
        if connection.info.server_version >= 160000:
            # So that whoever holds a transaction open for long is seen and named, the superuser's too.
            connection.execute(
                sql.SQL("GRANT pg_read_all_stats TO {} WITH INHERIT TRUE").format(sql.Identifier(LOGIN))
            )
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        try:
            psycopg.connect(databases.url).close()
        except psycopg.OperationalError:  # new, or its password file was lost: tell it the one in the file
            password = (str(conninfo_to_dict(databases.url)["password"])).encode()
            verifier = connection.pgconn.encrypt_password(password, LOGIN.encode(), b"scram-sha-256")
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(LOGIN), verifier.decode())
            )

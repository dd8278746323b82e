"""What every test may ask for. `cluster`: a running PostgreSQL. `database`: a migrated one of one's own."""

pytest_plugins = ["tests.database"]

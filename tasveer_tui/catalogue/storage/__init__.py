"""The SQLite file: connections, schema, migrations, and how values are encoded in it."""

"""What a machine without any server needs: a private Valkey, a private PostgreSQL, and all processes by one command."""

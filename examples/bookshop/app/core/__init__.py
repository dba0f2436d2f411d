"""Settings, database and security."""

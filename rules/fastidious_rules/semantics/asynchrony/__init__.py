"""What keeps the event loop waiting, and what may run on it at the same time."""

"""Messages: how they arrive, what they are, and how they leave."""

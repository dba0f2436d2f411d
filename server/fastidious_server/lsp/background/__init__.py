"""Work in the background, and what is shown and logged of it."""

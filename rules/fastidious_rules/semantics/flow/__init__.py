"""Where values come from, who checks them, and where they do harm."""

"""Passwords and other secrets: how they look, where they must not go."""

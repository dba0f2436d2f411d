"""Entities, statements, sessions and rows of SQLAlchemy and SQLModel."""

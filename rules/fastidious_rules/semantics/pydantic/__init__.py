"""Pydantic's models."""

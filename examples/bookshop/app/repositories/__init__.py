"""Queries, one class per aggregate."""

"""Rewrites that several fixes share. Only here is libcst imported, and only when a fix is asked for."""

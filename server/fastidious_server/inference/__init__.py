"""Inference by jedi, in a process of its own. Only here is jedi imported."""

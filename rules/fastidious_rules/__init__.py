"""Turn the text of a FastAPI backend into findings: pure functions, no input or output."""

__version__ = "0.1.0"

"""What users configure, read from files and validated; the only package that imports pydantic."""

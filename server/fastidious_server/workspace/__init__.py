"""Files, documents and indexes: what the command line and the language server share."""

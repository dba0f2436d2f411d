"""The only place that speaks the language server protocol: pygls and lsprotocol are imported here alone."""

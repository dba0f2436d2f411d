"""Rules and what runs them: contract, registry, check, suppressions, fixes, guides."""

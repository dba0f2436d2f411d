"""Everything of Fastidious that touches the world: files, editors, terminals."""

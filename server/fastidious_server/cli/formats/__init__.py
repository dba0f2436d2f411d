"""How results are written: one module per format, each a function from results to text."""

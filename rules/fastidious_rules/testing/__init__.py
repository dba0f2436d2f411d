"""Run the examples of rules: those of their guides and those of case files, in all their variants."""

from fastidious_rules.testing.cases import Case, SourceFile, cases
from fastidious_rules.testing.run import ExampleError, run
from fastidious_rules.testing.variants import variants

__all__ = ["Case", "ExampleError", "SourceFile", "cases", "run", "variants"]

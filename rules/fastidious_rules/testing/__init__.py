"""Run the examples of rules: those of their guides and those of case files, in all their variants.

An example is a block `python bad`, `python good` or `python fixed` of a Markdown file:

- `# error: [rule]` at the end of a line says that a finding of the rule starts there, `[rule, rule]` that two do;
  `# ok: [rule] because ...` says why there is none. What is found must be what is marked, `syntax-error` included.
- Options follow the role: `path=app/services/users.py`, `fix=2` (a fixed block: the second fix of the first finding
  instead of all fixes at once; `fix=none` on a bad block: no fix is offered), `with=other-rule`, `profile=card`,
  `target.pydantic=1.10`, `pytest.asyncio_mode=auto`, `sensitive-names=iban,pin`, `extra-blocking=acme.fetch:acme.afetch`,
  `options.<name>=<value>`, `variants=none`.
- Consecutive blocks that all have a `path=` form one project; a heading, or a path once more, starts the next one.
- `<!-- variants: -aliased -->` in the file rules out variants of all its examples: see `variants`.
"""

from fastidious_rules.testing.cases import Case, SourceFile, cases
from fastidious_rules.testing.run import ExampleError, run
from fastidious_rules.testing.variants import variants

__all__ = ["Case", "ExampleError", "SourceFile", "cases", "run", "variants"]

"""Start a rule: write its module, guide and cases, and add it to its family.

Run as `make new-rule FAMILY=security NAME=weak-random`. What is written works at once, and reports calls of
`os.getlogin`: run `make rule NAME=weak-random`, then make the rule yours.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).parent.parent
CATALOGUE = "rules/fastidious_rules/catalogue"
ARGUMENTS = 2
RULES = re.compile(r"^RULES: .*? = \((?P<names>[^)]*)\)$", re.MULTILINE)

MODULE = Template('''"""Look for $words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Rule, on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope


class $class_name(Rule):
    """Call of `os.getlogin`, which names the user of the server and not that of the request."""

    message = "`{call}` names the user who started the server; take the user from the request"

    @on(Call)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls of `os.getlogin`, under any alias."""
        if scope.resolve(call) == "os.getlogin":
            yield self.finding(call, call=f"{call.function.text}()")
''')

GUIDE = Template("""# $title

Call of `os.getlogin`, which names the user of the server and not that of the request.

## Why

Everybody who sends a request is taken for the account that runs the server.
Nothing fails, so it is only seen when the first audit log says that one user did everything.

## Bad

```python bad
import os


def owner() -> str:
    return os.getlogin()  # error: [$name]
```

## Good

```python good
def owner(request_user: str) -> str:
    return request_user
```

## When not to use it

Scripts that a person starts in a terminal have no other user.

## References

- [Python: os.getlogin](https://docs.python.org/3/library/os.html#os.getlogin)
""")

CASES = Template("""# $title

## An alias hides nothing

```python bad
from os import getlogin as who


def owner() -> str:
    return who()  # error: [$name]
```

## A method of the same name is another matter

```python good
class Session:
    def getlogin(self) -> str:
        return "ada"


def owner(session: Session) -> str:
    return session.getlogin()
```
""")


class ScaffoldError(Exception):
    """A rule that cannot be started, and why."""


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    try:
        family, name = arguments if len(arguments) == ARGUMENTS else ("", "")
        written = new_rule(ROOT, family, name)
    except ScaffoldError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    tidy(ROOT, written)
    sys.stdout.writelines(f"{path.relative_to(ROOT)}\n" for path in written)
    sys.stdout.write(f"Next: make rule NAME={name}\n")
    return 0


def new_rule(root: Path, family: str, name: str) -> list[Path]:
    """Write the files of a rule, add it to its family and return what was written."""
    check(root, family, name)
    words = name.replace("-", " ")
    values = {
        "name": name,
        "words": words,
        "title": words.capitalize(),
        "class_name": words.title().replace(" ", ""),
    }
    module = name.replace("-", "_")
    texts = {
        root / CATALOGUE / family / f"{module}.py": MODULE,
        root / CATALOGUE / family / f"{module}.md": GUIDE,
        root / "tests" / "rules" / family / f"{module}.md": CASES,
    }
    for path, template in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template.substitute(values), encoding="utf-8")
    package = root / CATALOGUE / family / "__init__.py"
    source = package.read_text(encoding="utf-8")
    package.write_text(registered(source, family, module, values["class_name"]), encoding="utf-8")
    return [*texts, package]


def check(root: Path, family: str, name: str) -> None:
    """Refuse families that do not exist, and names that are malformed or taken."""
    families = sorted(path.parent.name for path in (root / CATALOGUE).glob("*/__init__.py"))
    if family not in families:
        usage = "make new-rule FAMILY=security NAME=weak-random"
        message = f"There is no family {family!r}: FAMILY is one of {', '.join(families)}, as in {usage}."
        raise ScaffoldError(message)
    if not re.fullmatch(r"[a-z]+[0-9]*(-[a-z]+[0-9]*)+", name):
        message = f"{name!r} is no name for a rule: NAME is two or more words, as in weak-random."
        raise ScaffoldError(message)
    taken = next((root / CATALOGUE).glob(f"*/{name.replace('-', '_')}.py"), None)
    if taken is not None:
        message = f"There is already a rule {name}: {taken.relative_to(root)}."
        raise ScaffoldError(message)


def registered(source: str, family: str, module: str, class_name: str) -> str:
    """Return the text of a family's package with one more rule in it."""
    found = RULES.search(source)
    if found is None:
        message = f"{CATALOGUE}/{family}/__init__.py has no line `RULES: ... = (...)`: the rule must be added by hand."
        raise ScaffoldError(message)
    names = sorted({*re.findall(r"\w+", found["names"]), class_name})
    listed = "".join(f"    {name},\n" for name in names)
    start, end = found.span("names")
    source = f"{source[:start]}\n{listed}{source[end:]}"
    line = f"from fastidious_rules.catalogue.{family}.{module} import {class_name}\n"
    return source.replace("from typing import TYPE_CHECKING\n", f"from typing import TYPE_CHECKING\n\n{line}", 1)


def tidy(root: Path, written: list[Path]) -> None:
    """Sort imports and format."""
    modules = [str(path) for path in written if path.suffix == ".py"]
    for command in (["check", "--quiet", "--select", "I", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *modules], cwd=root, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The fix that waits for a subprocess without keeping the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Display, Edit, ExpressionStatement, Fix, Keyword, NeededImport, Safety, Starred
from fastidious_rules.catalogue.asynchrony.statements import indentation_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Call, Scope

_CALLS = {"subprocess.run": False, "subprocess.call": False, "subprocess.check_call": True}
"""Function -> whether it raises when the process fails."""

_ALIKE = frozenset({"cwd", "env", "stdin", "stdout", "stderr"})
_TRUE = "True"


def with_async_process(call: Call, called: str, scope: Scope) -> Iterator[Fix]:
    """Yield the fix for a subprocess started by a list of arguments whose result nobody looks at."""
    statement = call.parent
    command = call.arguments[0] if len(call.arguments) == 1 else None
    if called not in _CALLS or not isinstance(statement, ExpressionStatement) or not isinstance(command, Display):
        return
    indentation = indentation_of(statement, scope)
    options = _options(call)
    if indentation is None or options is None or any(isinstance(each, Starred) for each in command.items):
        return
    fails = _CALLS[called] or ("check", _TRUE) in [(name, value.text) for name, value in call.keywords.items()]
    lines = _lines([each.text for each in command.items], options, command.text if fails else "", call.indent_step)
    title = "Start it with `asyncio.create_subprocess_exec`: signals and cancellation differ"
    needed = (NeededImport("asyncio"), *((NeededImport("subprocess"),) if fails else ()))
    text = f"\n{indentation}".join(lines)
    yield Fix(title, (Edit(statement.span, text),), needed, Safety.UNSAFE)


def _options(call: Call) -> list[str] | None:
    """Return the keywords that both functions take; None if there is one that only the old one takes."""
    found: list[str] = []
    for each in call.all_arguments[1:]:
        if isinstance(each, Keyword) and each.name in _ALIKE:
            found.append(each.text)
        elif isinstance(each, Keyword) and each.name == "capture_output":
            found += [f"{name}=asyncio.subprocess.PIPE" for name in ("stdout", "stderr") if each.value.text == _TRUE]
        elif not isinstance(each, Keyword) or each.name != "check":
            return None
    return found


def _lines(command: list[str], options: list[str], checked: str, step: str) -> list[str]:
    arguments = ", ".join([*command, *options])
    lines = [f"process = await asyncio.create_subprocess_exec({arguments})", "await process.communicate()"]
    if checked:
        lines += ["if process.returncode:", f"{step}raise subprocess.CalledProcessError(process.returncode, {checked})"]
    return lines

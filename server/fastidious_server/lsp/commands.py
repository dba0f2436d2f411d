"""Commands that a client may run: `workspace/executeCommand`."""

from __future__ import annotations

import difflib
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_server.lsp import baselines
from fastidious_server.lsp.background import indexing
from fastidious_server.lsp.background.progress import shown
from fastidious_server.lsp.debug_information import debug_information
from fastidious_server.lsp.repair.applying import fix_all
from fastidious_server.lsp.settings import configuration
from fastidious_server.lsp.wire.errors import failed, invalid
from fastidious_server.workspace.background import BaselineError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from lsprotocol import types as lsp

    from fastidious_server.lsp.session import Session

_log = logging.getLogger(__name__)


class _Call(NamedTuple):
    """What a command is called with."""

    arguments: Sequence[object]
    token: lsp.ProgressToken | None

    def text(self, position: int, meaning: str) -> str | None:
        """Return the argument at `position`, None if it is left out."""
        value = self.arguments[position] if position < len(self.arguments) else None
        if value is not None and not isinstance(value, str):
            message = f"argument {position + 1} must be {meaning}, as text, not {value!r}"
            raise invalid(message)
        return value


def execute(session: Session, params: lsp.ExecuteCommandParams) -> Any:
    """Run a command."""
    command = COMMANDS.get(params.command)
    if command is None:
        message = f"there is no command `{params.command}`; there are {', '.join(COMMANDS)}"
        raise invalid(message)
    return command(session, _Call(params.arguments or (), params.work_done_token))


async def _restart_index(session: Session, call: _Call) -> dict[str, int]:
    configuration.refresh(session)
    forgiven = session.services.engine.forgive()
    if forgiven:
        _log.info("These rules took too long, and are called again: %s", ", ".join(forgiven))
    session.workbench.reviews.begin_again()
    session.workbench.inspecting.begin_again()
    indexing.start(session, call.token)
    await session.indexed.wait()
    return {"files": session.index_progress.total}


def _explain_rule(session: Session, call: _Call) -> Any:
    name, engine = call.text(0, "the name of a rule"), session.services.engine
    if name is None:
        return [rule._asdict() for rule in engine.rules()]
    guide = engine.guide(name)
    if guide is None:
        near = difflib.get_close_matches(name, [rule.name for rule in engine.rules()], n=1)
        suggestion = f"; did you mean `{near[0]}`?" if near else ""
        message = f"there is no rule `{name}`{suggestion}"
        raise invalid(message)
    return guide


def _fix_all(session: Session, call: _Call) -> Awaitable[dict[str, Any]]:
    uri = call.text(0, "the URI of a document")
    rule = call.text(1, "the name of a rule")
    if uri is None:
        message = "the first argument must be the URI of a document"
        raise invalid(message)
    return fix_all(session, uri, rule)


async def _write_baseline(session: Session, call: _Call) -> str:
    try:
        return await shown(session, "Fastidious: writing the baseline", baselines.write_baseline(session), call.token)
    except BaselineError as error:
        raise failed(str(error)) from error


COMMANDS: Mapping[str, Callable[[Session, _Call], Any]] = {
    "fastidious.restartIndex": _restart_index,
    "fastidious.explainRule": _explain_rule,
    "fastidious.debugInformation": lambda session, _call: debug_information(session),
    "fastidious.fixAll": _fix_all,
    "fastidious.writeBaseline": _write_baseline,
}

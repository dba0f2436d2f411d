"""`fastidious routes`: what endpoints there are, who may call them, what they answer, and which tests call them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from fastidious_server.cli.exits import CommandFailedError
from fastidious_server.cli.formats.listing import relative_path, working_directory
from fastidious_server.cli.paths import absolute
from fastidious_server.workspace.checking.plan import BrokenConfigurationError
from fastidious_server.workspace.route_survey import Spot, SurveyedRoute, survey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fastidious_rules.semantics.web.route_security import Security
    from fastidious_server.cli.services import Services

_COLUMNS = ("METHOD", "PATH", "HANDLER", "SECURITY", "RESPONSE", "STATUS", "TESTS")


@click.command("routes")
@click.argument("paths", nargs=-1)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to show them.")
@click.pass_obj
def command(services: Services, paths: tuple[str, ...], shape: str) -> None:
    """List the routes in PATHS, files or directories: the working directory if there are none.

    An ellipsis stands in a path for what nobody can know without running the application.
    """
    asked = tuple(absolute(path) for path in paths or (".",))
    try:
        found = survey(asked, services.configuration({}, False), services.cache())  # noqa: FBT003 - a port
    except BrokenConfigurationError as error:
        raise CommandFailedError(str(error)) from error
    for message in found.unread:
        click.echo(f"warning: {message}", err=True)
    if shape == "json":
        click.echo(json.dumps([_described(route) for route in found.routes], indent=2, ensure_ascii=False))
    elif found.routes:
        _show([_COLUMNS, *map(_row, found.routes)])
    else:
        click.echo("No routes here.")


def _row(route: SurveyedRoute) -> tuple[str, ...]:
    card = route.card
    statuses = [str(card.status or "?"), *(str(each.status or "?") for each in card.raised)] if card.methods else []
    return (
        ",".join(card.methods) or "WS",
        card.paths[0],
        f"{card.handler.rpartition('.')[2] or '?'} ({_shown(route.spot)})",
        _security(card.security),
        card.response_model or "-",
        " ".join(dict.fromkeys(statuses)) or "-",
        str(len({call.test for call in card.tests})),
    )


def _security(security: Security) -> str:
    return ", ".join([*security.schemes, *security.guards]) or ("perhaps" if security.perhaps else "none found")


def _show(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        click.secho(line, bold=number == 0)


def _shown(spot: Spot) -> str:
    return f"{relative_path(spot.path, working_directory())}:{spot.line}"


def _described(route: SurveyedRoute) -> dict[str, object]:
    card = route.card
    return {
        "methods": list(card.methods),
        "is_websocket": not card.methods,
        "paths": list(card.paths),
        "is_served": card.is_served,
        "handler": {"name": card.handler or None, **_spot(route.spot)},
        "summary": card.summary,
        "dependencies": [
            {
                "name": need.dependency.qualified or need.dependency.written or None,
                "origin": need.origin.value,
                "rests_on": [each.qualified or each.written or None for each in need.rests_on],
            }
            for need in card.needs
        ],
        "security": {key: list(value) for key, value in card.security._asdict().items()},
        "response_model": card.response_model or None,
        "status": card.status or None,
        "raised": [
            {"status": each.status, "exception": each.exception, **_spot(spot)}
            for each, spot in zip(card.raised, route.raised, strict=True)
        ],
        "limits": list(card.limits),
        "tags": list(card.tags),
        "deprecated": card.is_deprecated,
        "tests": list(_tests(route)),
    }


def _tests(route: SurveyedRoute) -> Iterable[dict[str, object]]:
    for call, spot in zip(route.card.tests, route.tests, strict=True):
        yield {"test": call.test, **_spot(spot)}


def _spot(spot: Spot) -> dict[str, object]:
    return {"path": relative_path(spot.path, working_directory()), "line": spot.line}

"""Edits that keep a redirect on its own site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Edit, Fix, NeededImport, Safety, String

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Parameter, Scope, Source, Term, View

LOCAL_PATH = r"^/([^/\\].*)?$"
"""A path of this site: a slash, and what follows is no slash of either sort."""

_TEXT = "builtins.str"


def without_slashes(url: View, value: Term, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that strips the slashes that follow the slash in an f-string."""
    if not isinstance(url, String):
        return
    for each in url.interpolations:
        if each.value.term == value and scope.type_of(each.value).name == _TEXT and not each.conversion:
            slash = "'/'" if url.quote.startswith('"') else '"/"'
            edit = Edit(each.value.span, f"{each.value.text}.lstrip({slash})")
            yield Fix(f"Strip the slashes that `{each.value.text}` begins with", (edit,))


def local_parameter(source: Source, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that lets the query parameter be a path of this site only."""
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    if function is None or fact is None or fact.name != source.owner:
        return
    parameter = next((each for each in function.parameters if each.name == source.path), None)
    if parameter is None or parameter.annotation is None or not _is_query(parameter, function, scope):
        return
    annotation = parameter.annotation
    edit = Edit(annotation.span, f'Annotated[{annotation.text}, Query(pattern=r"{LOCAL_PATH}")]')
    imports = (NeededImport("typing", "Annotated"), NeededImport("fastapi", "Query"))
    title = f"Accept a path of this site only as `{parameter.name}` (other values are answered with 422)"
    yield Fix(title, (edit,), imports, Safety.UNSAFE)


def _is_query(parameter: Parameter, function: Function, scope: Scope) -> bool:
    """Tell whether a parameter is a plain text of the query: nothing else is said of it."""
    annotation, default = parameter.annotation, parameter.default
    if annotation is None or "[" in annotation.text or "(" in annotation.text or (default and "(" in default.text):
        return False
    paths = [route.path or "" for route in scope.routes(function)]
    known = scope.annotation(annotation)
    return known.name == _TEXT and bool(paths) and not any(f"{{{parameter.name}" in path for path in paths)

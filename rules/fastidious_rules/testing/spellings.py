"""Other spellings of the same code. None of them moves a line."""

from __future__ import annotations

import ast
from itertools import chain
from typing import TYPE_CHECKING

from fastidious_rules.testing.code import Change, Code

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDERS = frozenset({"Depends", "Security"})
_UNTOUCHED = frozenset({"__future__", "typing", "typing_extensions"})
_ROUTE_METHODS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket"}
)
_APPLICATION, _ROUTER = ("app", "FastAPI"), ("router", "APIRouter")


def aliased(code: Code) -> Iterator[Change]:
    """Yield changes after which imported names are aliases."""
    for node in code.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") not in _UNTOUCHED:
            for name in node.names:
                bound = name.asname or name.name
                if code.is_plain(bound):
                    yield Change(*code.span(name), f"{name.name} as {bound}_")
                    yield from code.renamed(bound, f"{bound}_")


def qualified(code: Code) -> Iterator[Change]:
    """Yield changes from `from fastapi import Depends` to `import fastapi` and `fastapi.Depends`."""
    for node in code.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "fastapi" and not node.level:
            names = [name.asname or name.name for name in node.names]
            start, end = code.span(node)
            if all(code.is_plain(name) for name in names) and b"#" not in code.text[start:end]:
                yield Change(start, end, "import fastapi" + "\n" * code.text[start:end].count(b"\n"))
                for imported, name in zip(node.names, names, strict=True):
                    yield from code.renamed(name, f"fastapi.{imported.name}")


def annotated(code: Code) -> Iterator[Change]:
    """Yield changes from `x: T = Depends(f)` to `x: Annotated[T, Depends(f)]`."""
    changes = [*chain.from_iterable(_into_annotation(code, *each) for each in _parameters(code))]
    if not changes:
        return
    yield from changes
    if not any(isinstance(node, ast.Name) and node.id == "Annotated" for node in code.nodes):
        imports = [node for node in code.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        first = next((node for node in imports if getattr(node, "module", "") != "__future__"), None)
        if first is not None:
            start, _ = code.span(first)
            yield Change(start, start, "from typing import Annotated; ")


def _into_annotation(code: Code, parameter: ast.arg, default: ast.expr | None) -> Iterator[Change]:
    if parameter.annotation is None or default is None or not _is_provider(default):
        return
    start, end = code.span(parameter.annotation)
    default_start, default_end = code.span(default)
    yield Change(start, start, "Annotated[")
    yield Change(end, default_start, ", ")
    yield Change(default_end, default_end, "]")


def defaulted(code: Code) -> Iterator[Change]:
    """Yield changes from `x: Annotated[T, Depends(f)]` to `x: T = Depends(f)`."""
    for parameter, default in _parameters(code):
        match parameter.annotation:
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[kind, provider])) as annotation:
                if default is None and _is_provider(provider):
                    yield from _into_default(code, annotation, kind, provider)
            case _:
                pass


def _into_default(code: Code, annotation: ast.expr, kind: ast.expr, provider: ast.expr) -> Iterator[Change]:
    start, end = code.span(annotation)
    kind_start, kind_end = code.span(kind)
    provider_start, provider_end = code.span(provider)
    lines = code.text[start:end].count(b"\n") - code.text[provider_start:provider_end].count(b"\n")
    if not lines:
        yield Change(start, kind_start, "")
        yield Change(kind_end, provider_start, " = ")
        yield Change(provider_end, end, "")


def _parameters(code: Code) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield the parameters of all functions, each with its default."""
    for node in code.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            positional = [*node.args.posonlyargs, *node.args.args]
            missing = [None] * (len(positional) - len(node.args.defaults))
            yield from zip(positional, [*missing, *node.args.defaults], strict=True)
            yield from zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)


def _is_provider(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _PROVIDERS
        case _:
            return False


def rerouted(code: Code) -> Iterator[Change]:
    """Yield changes that turn an application with routes into a router with them, or the other way round."""
    for (old, old_class), (new, new_class) in ((_APPLICATION, _ROUTER), (_ROUTER, _APPLICATION)):
        if _is_exchangeable(code, old, old_class) and not code.uses(new) and not code.uses(new_class):
            yield from code.renamed(old, new)
            yield from code.renamed(old_class, new_class)
            yield from (Change(*code.span(each), new_class) for each in _imported(code, old_class))


def _is_exchangeable(code: Code, name: str, class_name: str) -> bool:
    """Tell whether `name` is made without arguments, and only declares routes."""
    made = [node for node in code.tree.body if _is_made(node, name, class_name)]
    routes = [node.value for node in code.nodes if isinstance(node, ast.Attribute) and node.attr in _ROUTE_METHODS]
    others = [use for use in code.uses(name) if use not in routes]
    return (
        len(made) == 1
        and len(others) == 1
        and len(code.uses(class_name)) == 1
        and len(_imported(code, class_name)) == 1
    )


def _is_made(node: ast.stmt, name: str, class_name: str) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call(func=ast.Name(id=called), args=[], keywords=[])):
            return (target, called) == (name, class_name)
        case _:
            return False


def _imported(code: Code, name: str) -> list[ast.alias]:
    imports = [node for node in code.tree.body if isinstance(node, ast.ImportFrom) and node.module == "fastapi"]
    return [each for node in imports for each in node.names if each.name == name and each.asname is None]

"""Ways to keep a field out of a response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Call,
    Class,
    Edit,
    Fix,
    NeededImport,
    Safety,
    Span,
    Type,
    ancestry,
    class_shape,
    fields_of,
    is_secret_name,
    is_text,
    resolve,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.api import ClassShape, Elsewhere, Exposed, ModelField, Scope, View

_SQL_MODEL = "sqlmodel.SQLModel"


def excluding(found: Exposed, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that excludes a field from all that its model is turned into."""
    declared = _declaration(found.field, scope)
    if declared is None:
        return
    place, assignment = declared
    library = "sqlmodel" if _SQL_MODEL in scope.ask(ancestry, found.field.owner) else "pydantic"
    owner = found.field.owner.rpartition(".")[2]
    title = f"Exclude `{found.field.name}` from everything that `{owner}` is serialised to"
    yield Fix(title, (_excluded(place, assignment),), (NeededImport(library, "Field", place.path),), Safety.UNSAFE)


def public_model(found: Exposed, where: View, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that writes a model without its secrets, and returns that."""
    shape = scope.ask(class_shape, found.model.name)
    name = f"{found.model.short}Public"
    if shape is None or len(found.path) > 1 or scope.ask(resolve, shape.module, name):
        return
    home = scope.elsewhere(shape.place)
    written = _written(found.model, shape, scope)
    if home is None or not written:
        return
    library, base = (
        ("sqlmodel", "SQLModel") if _SQL_MODEL in scope.ask(ancestry, shape.qualified) else ("pydantic", "BaseModel")
    )
    step = written[0].indent_step
    fields = "\n".join(f"{step}{each.text}" for each in written)
    code = f'class {name}({base}):\n{step}"""{found.model.short} as clients may see it."""\n\n{fields}'
    imports = [NeededImport(library, base, home.path)]
    if shape.module != scope.module:
        imports.append(NeededImport(shape.module, name))
    uses = _renamed(where, found.model.short, name)
    if uses:
        title = f"Create `{name}` without secrets, and respond with it"
        yield Fix(title, (_after_class(home, shape, code), *uses), tuple(imports), Safety.UNSAFE)


def _declaration(field: ModelField, scope: Scope) -> tuple[Elsewhere, Assignment] | None:
    place = scope.elsewhere(field.place)
    views = place.views(Assignment) if place is not None else []
    found = next((each for each in views if each.target.span == field.place.span), None)
    return (place, found) if place is not None and found is not None else None


def _excluded(place: Elsewhere, assignment: Assignment) -> Edit:
    """Return the edit that adds `Field(exclude=True)` to a declaration, or `exclude=True` to its `Field`."""
    calls = [each for each in place.views(Call) if each.last_name == "Field" and assignment.span.contains(each.span)]
    if calls:
        arguments = calls[0].all_arguments
        end = arguments[-1].span.end if arguments else calls[0].span.end - 1
        return place.edit(Span(end, end), ", exclude=True" if arguments else "exclude=True")
    if assignment.value is not None:
        return place.edit(assignment.value.span, f"Field({assignment.value.text}, exclude=True)")
    end = assignment.span.end
    return place.edit(Span(end, end), " = Field(exclude=True)")


def _written(model: Type, shape: ClassShape, scope: Scope) -> list[Assignment]:
    """Return the declarations of the fields that are no secrets; nothing where one is written in another file."""
    extra = (*scope.options.extra, *scope.settings.sensitive_names)
    declarations: list[Assignment] = []
    for field in fields_of(scope.asker, model):
        if is_secret_name(field.name, extra, scope.options.allow) and is_text(field.type):
            continue
        declared = _declaration(field, scope)
        if declared is None or field.place.path != shape.place.path:
            return []
        declarations.append(declared[1])
    return declarations


def _after_class(home: Elsewhere, shape: ClassShape, code: str) -> Edit:
    classes = [each for each in home.views(Class) if each.name == shape.symbol.rpartition(".")[2]]
    end = classes[0].span.end if classes else len(home.unit.text)
    newline = "\r\n" if b"\r\n" in home.text else "\n"
    return home.edit(Span(end, end), f"\n\n\n{code}".replace("\n", newline))


def _renamed(where: View, old: str, new: str) -> Iterable[Edit]:
    """Return the edits that name the new model where the contract of the response is written."""
    names = [where] if where.text == old else list(_names(where, old))
    return tuple(Edit(each.span, new) for each in names)


def _names(view: View, name: str) -> Iterator[View]:
    for child in view.children():
        if child.text == name and not list(child.children()):
            yield child
        else:
            yield from _names(child, name)

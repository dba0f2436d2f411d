"""Methods of Pydantic 1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Attribute,
    Call,
    Conditional,
    Edit,
    Fix,
    Function,
    If,
    NeededImport,
    Rule,
    Safety,
    Severity,
    Span,
    Try,
    find_member,
    is_model,
    on,
    reads_attributes,
    replacement_of,
    replacement_of_attribute,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Replacement, Scope, View

_METHODS = frozenset(
    """dict json copy construct parse_obj parse_raw parse_file from_orm validate schema schema_json
    update_forward_refs""".split()  # noqa: SIM905  a list that is read
)
_RAISES = (
    "`{model}.{name}` raises in Pydantic 2 without `from_attributes`; use `model_validate(..., from_attributes=True)`"
)


class PydanticV1Method(Rule):
    """Method of Pydantic 1, called on a model of Pydantic 2."""

    severity = Severity.WARNING
    message = "`{model}.{name}` is deprecated since Pydantic 2 and will be removed; use `{replacement}`"
    fixable = Safety.SAFE
    requires = {"pydantic": ">=2"}  # noqa: RUF012  the contract of rules
    tags = frozenset({"deprecated"})

    @on(Call, names=_METHODS)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls whose receiver is proven to be a model, or a value of one."""
        receiver, old = call.receiver, replacement_of(call.last_name)
        if receiver is None or old is None or not isinstance(call.function, Attribute):
            return
        model = _model(receiver, scope, on_class=old.on_class)
        if not model or _is_own(model, old.name, scope) or _is_fallback(call, old, scope):
            return
        raises = old.name == "from_orm" and not scope.ask(reads_attributes, model)
        yield self.finding(
            call.function.name,
            message=_RAISES if raises else "",
            severity=Severity.ERROR if raises else None,
            model=model.rpartition(".")[2],
            name=old.name,
            replacement=old.replacement,
        )

    @on(Function)
    def check_attributes(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report what Pydantic 1 kept about a model in attributes."""
        if "__fields" not in function.text:
            return
        for attribute in function.find(Attribute):
            old = replacement_of_attribute(attribute.name.text)
            model = _model(attribute.value, scope.at(attribute), on_class=False) if old is not None else ""
            if old is not None and model and not _is_fallback(attribute, old, scope.at(attribute)):
                short = model.rpartition(".")[2]
                yield self.finding(attribute.name, model=short, name=old.name, replacement=old.replacement)

    def fixes(self, view: Call | Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the call of the method that took its place, where the arguments mean the same."""
        if isinstance(view, Call):
            edits, imports = _renamed_call(view, scope)
        else:
            edits, imports = _renamed_attribute(view, finding, scope), ()
        if edits:
            yield Fix(f"Use `{edits[0].replacement.rpartition('.')[2].partition('(')[0]}`", edits, imports)


def _model(receiver: View, scope: Scope, *, on_class: bool) -> str:
    """Return the qualified name of the model that `receiver` is, or is a value of; empty unless that is proven."""
    type_ = scope.type_of(receiver)
    if type_.name == "builtins.type" and type_.arguments:
        type_ = type_.arguments[0]
    if is_model(scope.asker, type_.name):
        return type_.name
    name = scope.resolve(receiver) if on_class or not type_ else ""
    return name if is_model(scope.asker, name) else ""


def _is_own(model: str, name: str, scope: Scope) -> bool:
    """Tell whether the project itself gives the model a method, or a field, of that name."""
    return bool(scope.ask(find_member, model, name))


def _is_fallback(view: View, old: Replacement, scope: Scope) -> bool:
    """Tell whether the code supports both versions: it asks which one is there, or tries the new one first."""
    function = scope.function
    if function is not None and re.search(rf"""["']{old.replacement}["']""", function.text):
        return True
    choices = (each for each in view.ancestors() if isinstance(each, Try | If | Conditional))
    return any(f".{old.replacement}" in each.text and _asks_for_version(each) for each in choices)


def _asks_for_version(choice: View) -> bool:
    if isinstance(choice, Try):
        return True
    condition = (
        choice.condition if isinstance(choice, If) else choice.choices[1] if isinstance(choice, Conditional) else choice
    )
    return "hasattr" in condition.text or "version" in condition.text.lower() or "pydantic" in condition.text.lower()


def _renamed_call(call: Call, scope: Scope) -> tuple[tuple[Edit, ...], tuple[NeededImport, ...]]:
    old = replacement_of(call.last_name)
    receiver, arguments = call.receiver, call.argument_list
    if old is None or receiver is None or arguments is None or not isinstance(call.function, Attribute):
        return (), ()
    if len(call.all_arguments) != len(call.arguments) + len(call.keywords) or not _is_same(call, old):
        return (), ()
    edits = [Edit(call.function.name.span, old.replacement)]
    if old.name == "from_orm" and not scope.ask(reads_attributes, _model(receiver, scope, on_class=True)):
        end = call.all_arguments[-1].span.end
        edits.append(Edit(Span(end, end), ", from_attributes=True"))
    if old.name != "schema_json":
        return tuple(edits), ()
    start, end = call.span
    around = (Edit(Span(start, start), "json.dumps("), Edit(Span(end, end), ")"))
    return (*edits, *around), (NeededImport("json"),)


def _is_same(call: Call, old: Replacement) -> bool:
    """Tell whether the new method takes the same arguments."""
    wanted = len(call.arguments) == old.values or (old.values and not call.arguments and not call.keywords)
    return bool(wanted) and ("*" in old.keywords or set(call.keywords) <= set(old.keywords))


def _renamed_attribute(function: Function, finding: Finding, scope: Scope) -> tuple[Edit, ...]:
    attribute = next((each for each in function.find(Attribute) if each.name.span == finding.span), None)
    old = replacement_of_attribute(attribute.name.text) if attribute is not None else None
    if attribute is None or old is None:
        return ()
    is_value = old.on_class and not is_model(scope.asker, scope.at(attribute).resolve(attribute.value))
    edit = Edit(attribute.name.span, old.replacement)
    if not is_value:
        return (edit,)
    span = attribute.value.span
    return (edit, Edit(Span(span.start, span.start), "type("), Edit(Span(span.end, span.end), ")"))

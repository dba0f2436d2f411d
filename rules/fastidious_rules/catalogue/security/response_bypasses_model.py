"""Responses that endpoints make themselves, around the model that they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Edit,
    Fix,
    Literal,
    Related,
    Return,
    Rule,
    Safety,
    Severity,
    class_shape,
    declared_in,
    fields_of,
    is_model,
    on,
    secrets_of,
)
from fastidious_rules.catalogue.security.dumped_values import dumped, undumped
from fastidious_rules.catalogue.security.made_responses import Made, made_responses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope
    from fastidious_rules.api import Type as ModelType
    from fastidious_rules.catalogue.security.dumped_values import Dumped

_LEAK = "`{response}` sends `{secret}` past `{contract}`, which would filter it; return the object itself"
_SAME = "`{response}` does by hand what `{contract}` does, without its checks; return the object itself"


class ResponseBypassesModel(Rule):
    """Response that an endpoint makes itself, so that its model neither checks nor filters anything."""

    severity = Severity.WARNING
    message = "`{response}` goes past `{contract}`: nothing is checked or filtered; return the object itself"
    fixable = Safety.UNSAFE

    @on(Return)
    def check(self, statement: Return, scope: Scope) -> Iterator[Finding]:
        """Report JSON responses of success that endpoints with a model make themselves."""
        for made in made_responses(statement, scope):
            finding = self._judged(made, scope)
            if finding is not None:
                yield finding

    def _judged(self, made: Made, scope: Scope) -> Finding | None:
        values = list(dumped(made.content, scope))
        if not values:
            return None  # nothing is sent: `[]`, `{}`
        leaked = _leaked(values, made, scope)
        if leaked is None and (made.is_adorned or made.has_other_status):
            return None
        model = next(declared_in(scope.asker, made.contract))
        severity, message = Severity.WARNING, ""
        related = [*_declaration(model, scope)]
        evidence = f"`{made.endpoint}` declares `{model.short}`, but FastAPI sends a `Response` as it is."
        if leaked is not None:
            severity, message = Severity.ERROR, _LEAK
            related.append(leaked)
        elif _fits(made, values, scope):
            severity, message = Severity.INFORMATION, _SAME
        return self.finding(
            made.where,
            severity=severity,
            message=message,
            related=tuple(related),
            evidence=evidence,
            response=f"{made.call.last_name}(...)",
            contract=model.short,
            secret=leaked.message.split("`")[1] if leaked is not None else "",
        )

    def fixes(self, view: Return, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that returns what the response is made of."""
        value = view.value
        for made in made_responses(view, scope):
            if made.where.span != finding.span or value is None or value.span != made.call.span or made.is_adorned:
                continue
            text = undumped(made.content, scope)
            if text and not made.has_other_status:
                model = next(declared_in(scope.asker, made.contract)).short
                shown = text if len(text) <= _LONGEST_SHOWN and "\n" not in text else "the object"
                title = f"Return `{shown}`, to be checked and filtered as `{model}`"
                yield Fix(title.replace("`the object`", "the object"), (Edit(value.span, text),), (), Safety.UNSAFE)


_LONGEST_SHOWN = 40


def _leaked(values: list[Dumped], made: Made, scope: Scope) -> Related | None:
    """Return the first secret that is sent and that the contract does not declare."""
    declared = {
        field.name
        for model in declared_in(scope.asker, made.contract)
        if is_model(scope.asker, model.name)
        for field in fields_of(scope.asker, model)
    }
    for value in values:
        for secret in secrets_of(scope.asker, value.type, scope.settings.sensitive_names):
            if secret.name not in declared and value.shows(secret.name):
                shown = f"{secret.owner}.{secret.name}"
                return Related(secret.place, f"`{shown}` is declared here")
    return None


def _declaration(model: ModelType, scope: Scope) -> Iterator[Related]:
    shape = scope.ask(class_shape, model.name)
    if shape is not None:
        yield Related(shape.place, f"`{model.short}` is the declared response")


def _fits(made: Made, values: list[Dumped], scope: Scope) -> bool:
    """Tell whether what is sent is of the declared model, or is written out with the fields of it."""
    models = list(declared_in(scope.asker, made.contract))
    names = {each.name for each in models}
    if values and all(value.is_whole and value.type and _inner(value.type, names) for value in values):
        return True
    keys = _written_keys(made)
    if keys is None or len(models) != 1 or not is_model(scope.asker, models[0].name):
        return False
    fields = fields_of(scope.asker, models[0])
    required = {each.alias or each.name for each in fields if not each.has_default and not each.is_computed}
    return required <= keys <= {name for each in fields for name in (each.name, each.alias) if name}


def _inner(type_: ModelType, names: set[str]) -> bool:
    return type_.name in names or (bool(type_.arguments) and all(_inner(each, names) for each in type_.arguments))


def _written_keys(made: Made) -> set[str] | None:
    """Return the keys of a dict that is written out; None if it is none, or some key is computed."""
    pairs = made.pairs
    if pairs is None:
        return None
    terms = [key.term for key, _ in pairs]
    texts = {each.text for each in terms if isinstance(each, Literal)}
    return texts if len(texts) == len(terms) else None

"""Lists, sets, tuples and dictionaries that the code itself puts together: jedi leaves out what it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from jedi.inference.value.dynamic_arrays import DictModification, ListModification
from jedi.inference.value.iterable import Sequence

if TYPE_CHECKING:
    from fastidious_server.inference.project import FoundName


def is_understood(name: FoundName) -> bool:
    """Tell whether the type hint of a name is about all elements of the value, or is not about elements."""
    return all(_is_known(value) for value in cast("Any", name)._name.infer())  # noqa: SLF001  jedi says it nowhere else


def _is_known(value: Any) -> bool:
    if isinstance(value, DictModification | ListModification):
        return False
    if not isinstance(value, Sequence):
        return True
    displayed = cast("Any", value)
    if displayed.array_type == "dict":
        return False  # of some, jedi gives the type of the keys alone
    elements = [element.infer() for element in displayed.py__iter__()]
    return all(found and all(_is_known(each) for each in found) for found in elements)

"""Path templates as Starlette reads them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PARAMETER = re.compile(r"{([a-zA-Z_][a-zA-Z0-9_]*)(?::([a-zA-Z_][a-zA-Z0-9_]*))?}")
_CONVERTERS = {
    "str": "[^/]+",
    "path": ".*",
    "int": "[0-9]+",
    "float": r"[0-9]+(?:\.[0-9]+)?",
    "uuid": "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}",
}
SAMPLES = {
    "str": "\x01",
    "path": "\x01/\x01",
    "int": "9070517",
    "float": "9070517.25",
    "uuid": "01907051-7f00-7000-8000-0123456789ab",
}
"""Values that nobody writes into a path: what a route with such a parameter must take, whatever comes."""


class Template(NamedTuple):
    """A path template. `pattern` is None where it uses a converter that is not Starlette's own."""

    path: str
    pattern: re.Pattern[str] | None
    sample: str
    """A path that the template matches, with values in the place of its parameters that stand for all others."""
    parameters: tuple[str, ...]
    segments: int
    """How many segments a path has that it matches, -1 if that is not fixed."""

    def captures(self, other: Template) -> dict[str, str] | None:
        """Return what the parameters of this one take of the fixed text of `other`; None if it does not match all of it."""
        match = self.pattern.fullmatch(other.sample) if self.pattern is not None and other.pattern is not None else None
        if match is None:
            return None
        return {name: value for name, value in match.groupdict().items() if _is_fixed(value)}


def _is_fixed(value: str) -> bool:
    for sample in SAMPLES.values():
        value = value.replace(sample, "")
    return bool(value.strip("/"))


@lru_cache(maxsize=4096)
def template(path: str) -> Template:
    """Return the template that `path` is."""
    pattern, sample, end, is_known = "", "", 0, True
    parameters: list[str] = []
    for match in _PARAMETER.finditer(path):
        name, converter = match[1], match[2] or "str"
        is_known = is_known and converter in _CONVERTERS and name not in parameters
        fixed = path[end : match.start()]
        pattern += f"{re.escape(fixed)}(?P<{name}>{_CONVERTERS.get(converter, '')})"
        sample += fixed + SAMPLES.get(converter, "")
        parameters.append(name)
        end = match.end()
    segments = -1 if ":path}" in path else path.count("/")
    compiled = re.compile(pattern + re.escape(path[end:])) if is_known else None
    return Template(path, compiled, sample + path[end:], tuple(parameters), segments)

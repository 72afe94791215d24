"""What the client sets: `initializationOptions` and the section `kerascheck` of its configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from kerascheck.integrations.lsp.facts import Options

SECTION = "kerascheck"


@dataclass(frozen=True)
class ClientSettings:
    """The settings of one folder. Their names on the wire are in camel case."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    config: str | None = None  # the path of a configuration file
    budget: float | None = None
    inlay_hints: bool = True
    code_lens: bool = True
    fix_unsafe: bool = False  # whether unsafe fixes count for "fix all"
    run: str = "onType"  # or "onSave"
    debounce: float = 30.0  # milliseconds without an edit before a text is analysed
    workspace_diagnostics: bool = False  # whether clients may pull those of all files at any time
    shows_results: bool = False  # whether the client itself shows what commands return
    problems: tuple[str, ...] = field(default=(), compare=False)  # settings that were not understood

    @property
    def options(self) -> Options:
        """The part that the analysis depends on."""
        return Options(self.select, self.ignore, self.extend_select, self.budget, self.config)

    def updated(self, given: Any) -> ClientSettings:
        """These settings with others on top, as JSON has them; null leaves what is there."""
        if not isinstance(given, Mapping):
            return self
        inner = given.get(SECTION) or given.get("settings")
        if isinstance(inner, Mapping):
            given = {**given, **inner}
        changed: dict[str, Any] = {}
        problems: list[str] = []
        for item in fields(self):
            value = given.get(_camel(item.name))
            if value is None or item.name not in _CONVERTERS:
                continue
            try:
                changed[item.name] = _CONVERTERS[item.name](value)
            except ValueError as error:
                problems.append(f"{SECTION}.{_camel(item.name)} must be {error}, got {value!r}")
        return replace(self, problems=tuple(problems), **changed)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _codes(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of codes")
    return tuple(value)


def _selected(value: object) -> tuple[str, ...] | None:
    return _codes(value) or None  # editors cannot write "not set" other than as an empty list


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _path(value: object) -> str | None:
    if not isinstance(value, str):
        raise ValueError("a path")
    return value or None


def _milliseconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 60_000:
        raise ValueError("a number of milliseconds, 60000 at most")
    return float(value)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 3600:
        raise ValueError("a number of seconds above 0, 3600 at most")
    return float(value)


def _moment(value: object) -> str:
    if value not in ("onType", "onSave"):
        raise ValueError('"onType" or "onSave"')
    return str(value)


_CONVERTERS: dict[str, Callable[[object], Any]] = {
    "select": _selected,
    "ignore": _codes,
    "extend_select": _codes,
    "config": _path,
    "budget": _seconds,
    "inlay_hints": _boolean,
    "code_lens": _boolean,
    "fix_unsafe": _boolean,
    "run": _moment,
    "debounce": _milliseconds,
    "workspace_diagnostics": _boolean,
    "shows_results": _boolean,
}

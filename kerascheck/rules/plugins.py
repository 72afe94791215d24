"""Rules of other packages: entry points of the group `kerascheck.rules`."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import EntryPoint, distributions
from types import ModuleType

from kerascheck.diagnostics import Severity
from kerascheck.errors import PluginError
from kerascheck.rules.base import OWN_PREFIX, Rule
from kerascheck.runtime import safe_path
from kerascheck.runtime.asked import state_of

GROUP = "kerascheck.rules"

#: Set to anything, this environment variable leaves all rules of other packages out.
NO_PLUGINS = "KERASCHECK_NO_PLUGINS"

_CODE = re.compile(r"[A-Z]+[0-9]{3}")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


@dataclass(frozen=True)
class ForeignRule:
    """A rule, and the distribution it comes from (name and version)."""

    rule: Rule
    distribution: str


@dataclass(frozen=True)
class Provider:
    """What the rules of one entry point depend on, known without importing them."""

    name: str
    version: str
    value: str
    state: str  # of the files of its package, for those who work on it


def load_rules(own: Iterable[Rule]) -> list[ForeignRule]:
    """The rules of all installed packages, in the order of the codes; `own` are those that they must not repeat.

    Raises:
        PluginError: one of them cannot be imported, is no rule, or has a code or name that is taken.
    """
    with safe_path.own_imports():
        return _load_rules(own)


def _load_rules(own: Iterable[Rule]) -> list[ForeignRule]:
    taken = {key: "kerascheck" for rule in own for key in (rule.code, rule.name)}
    found: list[ForeignRule] = []
    for entry in _entry_points():
        distribution = f"{_name(entry)} {_version(entry)}"
        try:
            for rule in _rules(entry):
                for key in (rule.code, rule.name):
                    if key in taken:
                        raise _Unfit(f"{key!r} of {type(rule).__name__} is taken by {taken[key]}")
                    taken[key] = distribution
                found.append(ForeignRule(rule, distribution))
        except _Unfit as problem:
            raise PluginError(
                f"the rules of {distribution} cannot be used: {problem} (entry point {entry.name} = {entry.value}); "
                f"mend or uninstall it, or set {NO_PLUGINS}=1 to go without"
            ) from None
    return sorted(found, key=lambda item: item.rule.code)


@lru_cache(maxsize=1)
def providers() -> tuple[Provider, ...]:
    """The packages that offer rules; nothing of them is imported."""
    with safe_path.own_imports():
        return tuple(Provider(_name(entry), _version(entry), entry.value, _state(entry)) for entry in _entry_points())


class _Unfit(Exception):
    """Why something cannot be used as a rule."""


def _entry_points() -> list[EntryPoint]:
    if os.environ.get(NO_PLUGINS):
        return []
    # What lies in the current folder is not installed: anybody may write that who has it checked.
    unique: dict[tuple[str, str, str], EntryPoint] = {}
    for distribution in distributions(path=safe_path.installed_places()):
        if GROUP in (distribution.read_text("entry_points.txt") or ""):
            for entry in distribution.entry_points.select(group=GROUP):
                # A distribution that lies on the path twice is listed twice; the first one is imported.
                unique.setdefault((_name(entry), entry.name, entry.value), entry)
    return [unique[key] for key in sorted(unique)]


def _name(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else "an unknown distribution"


def _version(entry: EntryPoint) -> str:
    return entry.dist.version if entry.dist is not None else ""


def _state(entry: EntryPoint) -> str:
    try:
        spec = importlib.util.find_spec(entry.module.partition(".")[0])  # of the top package, which imports nothing
        places = spec.submodule_search_locations or [] if spec is not None else []
        states = [state_of(place) for place in places]
        if spec is not None and spec.origin is not None:
            status = os.stat(spec.origin)
            states.append(f"{spec.origin} {status.st_size} {status.st_mtime_ns}")
        return " ".join(states)
    except (ImportError, OSError, ValueError):
        return ""


def _rules(entry: EntryPoint) -> Iterator[Rule]:
    """The rules of an entry point. Raises _Unfit."""
    try:
        value = entry.load()
    except (Exception, SystemExit) as error:
        raise _Unfit(f"{type(error).__name__}: {error}") from None
    empty = True
    for cls in _classes(value):
        empty = False
        try:
            rule = cls()
        except Exception as error:
            raise _Unfit(f"{cls.__name__} cannot be made ({type(error).__name__}: {error})") from None
        _check(rule)
        yield rule
    if empty:
        raise _Unfit("there are no rules in it")


def _classes(value: object) -> Iterator[type[Rule]]:
    """A class, the classes in a module that have a code, or all of those in a sequence. Raises _Unfit."""
    if isinstance(value, type) and issubclass(value, Rule):
        yield value
    elif isinstance(value, ModuleType):
        for item in vars(value).values():
            if isinstance(item, type) and issubclass(item, Rule) and hasattr(item, "code"):
                yield item
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _classes(item)
    else:
        raise _Unfit(f"{value!r} is not a rule, a module or a sequence of them")


def _check(rule: Rule) -> None:
    """Raises _Unfit where the class lacks something that a rule must have."""
    cls = type(rule)
    code, name = getattr(cls, "code", None), getattr(cls, "name", None)
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        raise _Unfit(f"the code of {cls.__name__} must be capital letters and three digits, such as ACME101: {code!r}")
    if rule.is_own:
        raise _Unfit(f"the codes that begin with {OWN_PREFIX} are kerascheck's own: {code!r} of {cls.__name__}")
    if code.startswith("ALL") and code[3:].isdigit():
        raise _Unfit(f"ALL stands for all rules, so no code begins with it: {code!r} of {cls.__name__}")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise _Unfit(f"the name of {code} must be two or more words in small letters, joined by dashes: {name!r}")
    if not isinstance(getattr(cls, "severity", None), Severity):
        raise _Unfit(f"{code} needs a severity")
    if cls.fixable not in ("none", "safe", "unsafe"):
        raise _Unfit(f"{code}: fixable must be 'none', 'safe' or 'unsafe', not {cls.fixable!r}")
    if cls.check is Rule.check:
        raise _Unfit(f"{code} has no method check")
    if not (cls.__doc__ or "").strip():
        raise _Unfit(f"{code} has no docstring, which says what it means")

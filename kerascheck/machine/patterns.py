"""`match`: whether a pattern fits a value, and the names it binds."""

from __future__ import annotations

from collections.abc import Hashable

import libcst as cst

from kerascheck.machine.assumptions import settle
from kerascheck.machine.attributes import get_attribute, lacks_attribute
from kerascheck.machine.binding import assign_name
from kerascheck.machine.conditions import compare, truth
from kerascheck.machine.literals import is_known_key
from kerascheck.machine.members import find_member
from kerascheck.machine.paths import fork_value
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ClassValue, DictValue, Instance, ListValue, Scope, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown, forgotten, is_forgotten

#: Classes whose single positional pattern is the value itself.
_SELF_MATCHING = frozenset(
    f"builtins.{name}" for name in ("bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")
)


def looks_inside(pattern: cst.MatchPattern) -> bool:
    """Whether the pattern asks for parts of its subject, and not only what it is equal to."""
    if isinstance(pattern, cst.MatchAs):
        return pattern.pattern is not None and looks_inside(pattern.pattern)
    if isinstance(pattern, cst.MatchOr):
        return any(looks_inside(element.pattern) for element in pattern.patterns)
    return not isinstance(pattern, (cst.MatchValue, cst.MatchSingleton))


def match_pattern(run: Run, pattern: cst.MatchPattern, subject: Value, scope: Scope) -> Value:
    """Whether the pattern fits: True, False, or the condition. It binds no names."""
    if isinstance(pattern, cst.MatchValue):
        return compare(run, "Equal", subject, run.evaluate(pattern.value, scope), pattern)
    if isinstance(pattern, cst.MatchSingleton):
        return compare(run, "Is", subject, run.evaluate(pattern.value, scope), pattern)
    if isinstance(pattern, cst.MatchAs) and pattern.pattern is not None:
        return match_pattern(run, pattern.pattern, subject, scope)
    if isinstance(pattern, cst.MatchOr):
        return _any_of(run, [element.pattern for element in pattern.patterns], subject, scope)
    if isinstance(pattern, cst.MatchClass) and _asks_only_for_the_class(run, pattern, scope):
        return _is_of_class(run, pattern, subject, scope)
    if isinstance(pattern, cst.MatchSequence) and isinstance(subject, ListValue) and subject.kind == "list":
        unknown = subject.unknown
        if unknown is not None and unknown.needs:
            return _asked_of(unknown, run.fresh("a pattern of a list that hangs on conditions", pattern))
    return _fits(run, pattern, subject, scope, {})


def _any_of(run: Run, patterns: list[cst.MatchPattern], subject: Value, scope: Scope) -> Value:
    verdict = settle(run, match_pattern(run, patterns[0], subject, scope), patterns[0])
    rest = patterns[1:]
    if isinstance(verdict, bool):
        return True if verdict else _any_of(run, rest, subject, scope) if rest else False
    return fork_value(run, verdict, lambda: True, lambda: _any_of(run, rest, subject, scope) if rest else False)


def bind_pattern(run: Run, pattern: cst.MatchPattern, subject: Value, scope: Scope) -> None:
    """Bind the names of a pattern that fits."""
    if isinstance(pattern, (cst.MatchValue, cst.MatchSingleton)):
        return
    bound: dict[str, Value] = _Fitting()
    _fits(run, pattern, subject, scope, bound)
    for name, value in bound.items():
        assign_name(run, name, value, scope)


class _Fitting(dict[str, Value]):
    """The names of a pattern of which it is settled that it fits."""


def _fits(run: Run, pattern: cst.MatchPattern, subject: Value, scope: Scope, bound: dict[str, Value]) -> bool:
    if isinstance(pattern, cst.MatchAs):
        if pattern.pattern is not None and not _fits(run, pattern.pattern, subject, scope, bound):
            return False
        if pattern.name is not None:
            bound[pattern.name.value] = subject
        return True
    if isinstance(pattern, cst.MatchValue):
        return truth(run, compare(run, "Equal", subject, run.evaluate(pattern.value, scope), pattern))
    if isinstance(pattern, cst.MatchSingleton):
        return truth(run, compare(run, "Is", subject, run.evaluate(pattern.value, scope), pattern))
    if isinstance(pattern, cst.MatchOr):
        return any(_fits(run, element.pattern, subject, scope, bound) for element in pattern.patterns)
    if isinstance(pattern, cst.MatchSequence):
        return _fits_sequence(run, pattern, subject, scope, bound)
    if isinstance(pattern, cst.MatchClass):
        return _fits_class(run, pattern, subject, scope, bound)
    if isinstance(pattern, cst.MatchMapping):
        return _fits_mapping(run, pattern, subject, scope, bound)
    return _decide(run, pattern, bound)


def _decide(run: Run, pattern: cst.MatchPattern, bound: dict[str, Value], subject: Value = None) -> bool:
    """A pattern that is not interpreted: the path decides, and its names are unknown."""
    for name in _names(pattern):
        bound[name] = _asked_of(subject, run.fresh("bound by a pattern that is not interpreted", pattern, name))
    if isinstance(subject, Unknown) and subject.needs and isinstance(bound, _Fitting):
        return True
    return truth(run, _asked_of(subject, run.fresh("a pattern that is not interpreted", pattern)))


def _asked_of(subject: Value, made: Unknown) -> Unknown:
    """What a pattern asks of an unknown subject, or takes of it, hangs on what that hangs on."""
    if not isinstance(subject, Unknown):
        return made
    return (forgotten(made) if is_forgotten(subject.key) else made).needing(subject.needs)


def _names(pattern: cst.CSTNode) -> list[str]:
    from kerascheck.text.treewalk import walk

    return [
        node.name.value
        for node in walk(pattern)
        if isinstance(node, (cst.MatchAs, cst.MatchStar)) and isinstance(node.name, cst.Name)
    ] + [node.rest.value for node in walk(pattern) if isinstance(node, cst.MatchMapping) and node.rest is not None]


def _fits_sequence(run: Run, pattern: cst.MatchSequence, subject: Value, scope: Scope, bound: dict[str, Value]) -> bool:
    if isinstance(subject, (str, bytes, int, float, DictValue, type(None))):
        return False
    if isinstance(subject, ListValue) and subject.kind != "list":
        return False
    items = items_of(run, subject)
    if isinstance(items, Unknown):
        return _decide(run, pattern, bound, items)
    star = next((i for i, p in enumerate(pattern.patterns) if isinstance(p, cst.MatchStar)), None)
    behind = 0 if star is None else len(pattern.patterns) - star - 1
    if (star is None and len(items) != len(pattern.patterns)) or len(items) < len(pattern.patterns) - 1:
        return False
    for index, part in enumerate(pattern.patterns):
        if isinstance(part, cst.MatchStar):
            if part.name is not None:
                bound[part.name.value] = run.new_list(items[index : len(items) - behind])
            continue
        item = items[index] if star is None or index < star else items[index - len(pattern.patterns)]
        if not _fits(run, part.value, item, scope, bound):
            return False
    return True


def _is_of_class(run: Run, pattern: cst.MatchClass, subject: Value, scope: Scope) -> Value:
    cls = run.evaluate(pattern.cls, scope)
    site = Site(scope.file, pattern)
    return run.call(Symbol("builtins.isinstance"), Arguments([Given(subject), Given(cls)], {}), site)


def _is_itself(cls: Value, pattern: cst.MatchClass) -> bool:
    """Whether the pattern stands for the whole value of the class: `str(name)`."""
    is_known = isinstance(cls, Symbol) and cls.name in _SELF_MATCHING
    return is_known and len(pattern.patterns) == 1 and not pattern.kwds


def _asks_only_for_the_class(run: Run, pattern: cst.MatchClass, scope: Scope) -> bool:
    """Whether what is of the class fits: `str()`, `str(name)`, `str(_)`."""
    if not pattern.patterns and not pattern.kwds:
        return True
    parts = [part.value for part in pattern.patterns]
    return _is_itself(run.evaluate(pattern.cls, scope), pattern) and all(
        isinstance(part, cst.MatchAs) and part.pattern is None for part in parts
    )


def _fits_class(run: Run, pattern: cst.MatchClass, subject: Value, scope: Scope, bound: dict[str, Value]) -> bool:
    if not truth(run, _is_of_class(run, pattern, subject, scope)):
        return False
    cls = run.evaluate(pattern.cls, scope)
    if _is_itself(cls, pattern):
        return _fits(run, pattern.patterns[0].value, subject, scope, bound)
    names = _positional_names(cls)
    if isinstance(subject, Unknown) or len(pattern.patterns) > len(names):
        return _decide(run, pattern, bound) if pattern.patterns or pattern.kwds else True
    parts = [(name, part.value) for name, part in zip(names, pattern.patterns, strict=False)]
    parts += [(part.key.value, part.pattern) for part in pattern.kwds]
    for name, part in parts:
        if isinstance(subject, Instance) and lacks_attribute(subject, name):
            return False
        if not _fits(run, part, get_attribute(run, subject, name, pattern), scope, bound):
            return False
    return True


def _positional_names(cls: Value) -> list[str]:
    """The attributes that positional patterns stand for."""
    names = find_member(cls, "__match_args__") if isinstance(cls, ClassValue) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, tuple) else []


def _fits_mapping(run: Run, pattern: cst.MatchMapping, subject: Value, scope: Scope, bound: dict[str, Value]) -> bool:
    if not isinstance(subject, (DictValue, Unknown)):
        return False
    if not isinstance(subject, DictValue):
        return _decide(run, pattern, bound)
    seen: set[Hashable] = set()
    for element in pattern.elements:
        key = run.evaluate(element.key, scope)
        if not is_known_key(key) or (key not in subject.items and not subject.lacks(key)):
            return _decide(run, pattern, bound)
        if key not in subject.items or not _fits(run, element.pattern, subject.items[key], scope, bound):
            return False
        seen.add(key)
    if pattern.rest is not None:
        rest = run.new_dict({key: value for key, value in subject.items.items() if key not in seen})
        rest.unknown = subject.unknown
        bound[pattern.rest.value] = rest
    return True

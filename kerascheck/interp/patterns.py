"""`match`: whether a pattern fits a value, and the names it binds."""

from __future__ import annotations

import libcst as cst

from kerascheck.interp.binding import assign_name
from kerascheck.interp.conditions import compare, truth
from kerascheck.interp.run import Run
from kerascheck.interp.sequences import items_of
from kerascheck.interp.values import DictValue, ListValue, Scope, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic import Symbol, Unknown

#: Classes whose single positional pattern is the value itself.
_SELF_MATCHING = frozenset(
    f"builtins.{name}" for name in ("bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple")
)


def match_pattern(run: Run, pattern: cst.MatchPattern, subject: Value, scope: Scope) -> bool:
    """Whether the pattern fits, decided for this path where that is not known; binds its names if it does."""
    bound: dict[str, Value] = {}
    if not _fits(run, pattern, subject, scope, bound):
        return False
    for name, value in bound.items():
        assign_name(run, name, value, scope)
    return True


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
    return _decide(run, pattern, bound)


def _decide(run: Run, pattern: cst.MatchPattern, bound: dict[str, Value]) -> bool:
    """A pattern that is not interpreted: the path decides, and its names are unknown."""
    for name in _names(pattern):
        bound[name] = run.fresh("bound by a pattern that is not interpreted", pattern, name)
    return truth(run, run.fresh("a pattern that is not interpreted", pattern))


def _names(pattern: cst.CSTNode) -> list[str]:
    from kerascheck.treewalk import walk

    return [
        node.name.value
        for node in walk(pattern)
        if isinstance(node, (cst.MatchAs, cst.MatchStar)) and isinstance(node.name, cst.Name)
    ]


def _fits_sequence(run: Run, pattern: cst.MatchSequence, subject: Value, scope: Scope, bound: dict[str, Value]) -> bool:
    if isinstance(subject, (str, bytes, int, float, DictValue, type(None))):
        return False
    if isinstance(subject, ListValue) and subject.kind != "list":
        return False
    items = items_of(run, subject)
    if isinstance(items, Unknown):
        return _decide(run, pattern, bound)
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


def _fits_class(run: Run, pattern: cst.MatchClass, subject: Value, scope: Scope, bound: dict[str, Value]) -> bool:
    cls = run.evaluate(pattern.cls, scope)
    simple = len(pattern.patterns) <= 1 and not pattern.kwds
    if not simple or (pattern.patterns and not (isinstance(cls, Symbol) and cls.name in _SELF_MATCHING)):
        return _decide(run, pattern, bound)
    verdict = run.call(
        Symbol("builtins.isinstance"), Arguments([Given(subject), Given(cls)], {}), Site(scope.file, pattern)
    )
    if not truth(run, verdict):
        return False
    return not pattern.patterns or _fits(run, pattern.patterns[0].value, subject, scope, bound)

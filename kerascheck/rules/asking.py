"""What of a program a rule looks at before all else: where that is empty, it need not be asked.

Most programs have little in them: a function that nobody calls makes a layer, and no model, no training, no stream. A
rule keeps no state, so that where all that it reads of an empty program is just as empty, it does the same: it finds
nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kerascheck.network.program import Program
from kerascheck.rules.base import Rule, Thresholds

#: What a program has many of, or none.
_PLURAL = frozenset(name for name, value in vars(Program()).items() if isinstance(value, (list, set)))


class _Empty(Program):
    """An empty program that notes what is read of it."""

    def __init__(self, read: set[str]) -> None:
        super().__init__()
        self._read = read

    def __getattribute__(self, name: str) -> Any:
        object.__getattribute__(self, "_read").add(name)
        return object.__getattribute__(self, name)


@lru_cache(maxsize=1024)
def asks_first(rule: Rule, thresholds: Thresholds) -> frozenset[str] | None:
    """The attributes of a program of which one must not be empty for the rule to find anything; None: ask it always."""
    read: set[str] = set()
    program = _Empty(read)
    try:
        if any(True for _ in rule.check(program, thresholds)):
            return None
    except Exception:  # it takes what no program without a source has
        return None
    return frozenset(read) if read <= _PLURAL else None


@lru_cache(maxsize=16)
def with_what_they_ask(
    rules: tuple[Rule, ...], thresholds: Thresholds
) -> tuple[tuple[Rule, frozenset[str] | None], ...]:
    """The rules, each with what it asks first: the same ones are asked about file after file."""
    return tuple((rule, asks_first(rule, thresholds)) for rule in rules)


def held(program: Program) -> frozenset[str]:
    """What the program has any of."""
    return frozenset(name for name in _PLURAL if getattr(program, name))

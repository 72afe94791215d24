"""What lies below every other module: names outside the program, not knowing, and what Keras would raise."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias

_serials = itertools.count()

#: No conditions.
NOTHING: frozenset[Hashable] = frozenset()


class Unknown:
    """A value the analysis cannot know, and why.

    `key` identifies the value: two Unknowns with equal keys are the same unknown thing (the attribute `n` of
    the same unknown object, say), so that a condition on it is decided the same way twice. `text` is how the
    source writes it, where that helps a reader (`args.units`).
    """

    __slots__ = ("_reason", "_text", "holds", "key", "needs", "origin", "parts")

    def __init__(
        self,
        reason: str | Callable[[], str],
        key: Hashable = None,
        text: str | Callable[[], str | None] | None = None,
        parts: tuple[str, object, object] | None = None,
        needs: frozenset[Hashable] = NOTHING,
        origin: Any = None,
    ) -> None:
        self.origin = origin  # the node of the source where the program comes upon it, if that is noted
        self.parts = parts  # (sign, left, right) where it is the result of arithmetic
        self.holds: tuple[Any, ...] = ()  # known things of which it may be one
        self.needs = needs  # the conditions that tell more about it, once they are decided
        self._reason = reason
        self.key = key if key is not None else ("unnamed", next(_serials))
        self._text = text

    @property
    def reason(self) -> str:
        """Why it is not known; worked out when it is first asked for."""
        if callable(self._reason):
            self._reason = self._reason()
        return self._reason

    @property
    def text(self) -> str | None:
        """How the source writes it; worked out when it is first asked for."""
        if callable(self._text):
            self._text = self._text()
        return self._text

    def called(self, text: str | Callable[[], str | None] | None) -> Unknown:
        """The same value under another text."""
        made = Unknown(self._reason, self.key, text, self.parts, self.needs, self.origin)
        made.holds = self.holds
        return made

    def needing(self, needs: frozenset[Hashable]) -> Unknown:
        """The same value, which hangs on these conditions, too."""
        made = Unknown(self._reason, self.key, self._text, self.parts, self.needs | needs, self.origin)
        made.holds = self.holds
        return made

    def __repr__(self) -> str:
        return f"Unknown({self.text or self.reason!r})"


#: The first part of keys of what code that is not analysed may have changed.
ESCAPED = "escaped"

#: What is known of conditions, by their keys.
Guard: TypeAlias = "Mapping[Hashable, bool]"


#: The first part of keys of what the analysis has forgotten itself: rounds of a loop that are not followed change it.
_FORGOTTEN = "forgotten"
#: The mark by itself.
FORGOTTEN: Hashable = (_FORGOTTEN,)


def forgotten(value: Unknown) -> Unknown:
    """The value, marked as one that only the analysis does not know: not all that conditions say of it may occur."""
    made = Unknown(value._reason, (_FORGOTTEN, value.key), value._text, None, value.needs, value.origin)
    made.holds = value.holds
    return made


#: What was asked last: the keys, by their ids, and the answers. To hash a key takes as long as it has parts, each
#: counted as often as it is held, and `x = x + x` doubles them.
_asked: dict[int, tuple[Hashable, bool]] = {}
_MAX_ASKED = 4096


def is_forgotten(key: Hashable) -> bool:
    """Whether the key is about such a value."""
    if not isinstance(key, (tuple, frozenset)):
        return False
    known = _asked.get(id(key))
    if known is not None and known[0] is key:
        return known[1]
    if len(_asked) >= _MAX_ASKED:
        _asked.clear()
    answer = _holds_forgotten(key)
    _asked[id(key)] = (key, answer)
    return answer


def _holds_forgotten(key: Hashable) -> bool:
    waiting: list[Hashable] = [key]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, (tuple, frozenset)) or id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, tuple) and part and part[0] == _FORGOTTEN:
            return True
        waiting += part
    return False


class Guarded(Unknown):
    """One of several values, and the conditions under which it is each of them: what a join makes of two arms.

    What does not look into it takes it for something unknown. A guard says what surely holds where the value is the
    one, so that an alternative whose guard contradicts what is known is out.
    """

    __slots__ = ("alternatives",)

    def __init__(
        self,
        alternatives: Sequence[tuple[Guard, Any]],
        needs: frozenset[Hashable],
        key: Hashable = None,
        text: str | Callable[[], str | None] | None = None,
    ) -> None:
        super().__init__("it depends on a condition that is not known", key, text, None, needs)
        self.alternatives = tuple(alternatives)

    def called(self, text: str | Callable[[], str | None] | None) -> Guarded:
        return Guarded(self.alternatives, self.needs, self.key, text)

    def needing(self, needs: frozenset[Hashable]) -> Guarded:
        return Guarded(self.alternatives, self.needs | needs, self.key, self._text)

    def __repr__(self) -> str:
        return f"Guarded({', '.join(repr(value) for _, value in self.alternatives)})"


class Flag(Unknown):
    """A truth value that the analysis cannot know: where a layer depends on it, it is decided, both ways."""

    __slots__ = ("default",)

    def __init__(self, reason: str, key: Hashable, text: str, default: bool) -> None:
        super().__init__(reason, key, text)
        self.default = default  # which one is tried first


#: Why nothing is known of what a refused call would give.
REFUSED = "Keras raises before this"


class Symbol:
    """Something outside the analysed program, by its canonical dotted name (`keras.layers.Dense`, `numpy.zeros`)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Symbol({self.name})"


class Undetermined(Exception):
    """Raised inside shape and parameter arithmetic when the answer depends on something unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KerasError(Exception):
    """Keras would raise here. The message says what was expected and what was found.

    `kind` names the family of the error for the rules (`rank`, `shape`, `argument`, `negative-dimension`, ...);
    `only_keras_3` tells that an older Keras takes it, or may.
    """

    def __init__(self, message: str, kind: str = "shape", only_keras_3: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.unknown_name: str | None = None  # the name that is in no table of Keras's, of the kind "unknown-name"
        self.only_keras_3 = only_keras_3
        self.mended: tuple[object, object] | None = None  # a value, and the one that is meant by it

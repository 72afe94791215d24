"""The arguments of one call: absent, given, or "cannot tell" (behind `*args` or `**kwargs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerascheck.symbolic.unknown import Unknown

if TYPE_CHECKING:
    import libcst as cst


class Given:
    """An argument the source gives: its value, and its node where it is written in this very call. Never changed."""

    __slots__ = ("node", "value")

    def __init__(self, value: Any, node: cst.Arg | None = None) -> None:
        self.value = value
        self.node = node

    def __repr__(self) -> str:
        return f"Given({self.value!r})"


class Absent:
    """The argument is not given; its default holds."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


class CannotTell:
    """The argument may hide in `*args` or `**kwargs`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()
CANNOT_TELL = CannotTell()


class Arguments:
    """Positional and keyword arguments of a call, evaluated.

    `parameters` are those of the callee in their order, where they are known: then an argument is found by its name
    alone, wherever it stands.
    """

    __slots__ = ("call", "keywords", "open_keywords", "open_positional", "parameters", "positional")

    def __init__(
        self,
        positional: list[Given],
        keywords: dict[str, Given],
        open_positional: bool = False,
        open_keywords: bool = False,
        call: cst.Call | None = None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        self.positional = positional
        self.keywords = keywords
        self.open_positional = open_positional  # *args of unknown content
        self.open_keywords = open_keywords  # **kwargs of unknown content
        self.call = call
        self.parameters = parameters

    def mapped(self, convert: Callable[[Given], Given]) -> Arguments:
        """The same call with each of its arguments converted."""
        return Arguments(
            [convert(given) for given in self.positional],
            {name: convert(given) for name, given in self.keywords.items()},
            self.open_positional,
            self.open_keywords,
            self.call,
            self.parameters,
        )

    def of(self, parameters: tuple[str, ...]) -> Arguments:
        """The same call, of a callee with these parameters."""
        return Arguments(
            self.positional, self.keywords, self.open_positional, self.open_keywords, self.call, parameters
        )

    def _position(self, name: str) -> int | None:
        return self.parameters.index(name) if name in self.parameters else None

    def get(self, name: str, position: int | None = None) -> Given | Absent | CannotTell:
        """The argument called `name`, which may also stand at the 0-based `position`."""
        if name in self.keywords:
            return self.keywords[name]
        if position is None and self.parameters:
            position = self._position(name)
        if position is not None and position < len(self.positional):
            return self.positional[position]
        if self.open_keywords or (self.open_positional and position is not None):
            return CANNOT_TELL
        return ABSENT

    def value(self, name: str, position: int | None = None, default: Any = None) -> Any:
        """The value of the argument, its default where absent, Unknown where it cannot be told."""
        given = self.keywords.get(name)  # as `get` finds it
        if given is not None:
            return given.value
        if position is None and self.parameters:
            position = self._position(name)
        if position is not None and position < len(self.positional):
            return self.positional[position].value
        if self.open_keywords or (self.open_positional and position is not None):
            return Unknown(f"{name} may be given through * or ** arguments")
        return default

"""State that can be taken back: what the analysed program changes is noted, so that another arm can start from before.

Objects stay in place, since identity is what aliasing is made of. A `Journal` keeps what they were before each change
after a mark; `undo` restores that, `changes` tells what is different now. Whatever the analysed program may change is
`Versioned`, or held in the `Cells` and `Items` of something that is.

Lists and dictionaries are noted whole, once between two marks: copying a few hundred references costs less than noting
a few changes one by one.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, NamedTuple, TypeAlias

#: Stands for an attribute or key that there is not.
ABSENT: Any = type("_Absent", (), {"__repr__": lambda self: "ABSENT"})()

#: Sets an attribute without a note. Constructors may: what is set there is a part of making the thing. Lists and
#: dictionaries are left as they are.
set_unnoted = _set = object.__setattr__


class _Current(threading.local):
    """The journal that changes are noted in; each thread has its own analysis."""

    journal: Journal | None = None


_current = _Current()


_serials = itertools.count(1)

#: The name under which it is noted that a thing was made.
_MADE = "made"


class Mark(NamedTuple):
    """A position in a journal."""

    position: int
    serial: int  # what is made after the mark has this number or a larger one


class Journal:
    """What was changed, in order."""

    __slots__ = ("entries", "number", "serial")

    def __init__(self) -> None:
        #: An object, an attribute and what it was before; a container, None and its content before.
        self.entries: list[tuple[Any, str | None, Any]] = []
        self.number = next(_serials)
        self.serial = self.number  # a new one with each mark and each return to one: containers are noted once between

    def mark(self) -> Mark:
        """The present moment."""
        self.serial = next(_serials)
        return Mark(len(self.entries), self.serial)

    def undo(self, mark: Mark) -> None:
        """Restore everything to what it was at the mark."""
        entries = self.entries
        for thing, name, before in reversed(entries[mark.position :]):
            if name is None:
                thing.restore(before)
            elif name is not _MADE:
                _set(thing, name, before)
        del entries[mark.position :]
        self.serial = next(_serials)

    def abandon(self, mark: Mark) -> None:
        """The same, where nobody comes back to what was done: what was made since then stays as it is now."""
        young = {
            key: (thing, value)
            for key, (thing, value) in self.changes(mark).items()
            if key[1] is not _MADE and _birth(thing) >= mark.serial
        }
        self.undo(mark)
        for (_, name), (thing, value) in young.items():
            if name is None:
                thing.restore(value)
            else:
                _set(thing, name, value)

    def undo_older(self, number: int | None = None) -> Changes:
        """Restore what is older than the journal; gives what it had become, so that it can be laid down again.

        `number`: of an older journal, if only what is older than that is to be restored.
        """
        oldest = self.number if number is None else number
        older = [entry for entry in self.entries if entry[1] is not _MADE and _birth(entry[0]) < oldest]
        found: Changes = {}
        for thing, name, before in reversed(older):
            found.setdefault((id(thing), name), (thing, thing.content() if name is None else getattr(thing, name)))
            if name is None:
                thing.restore(before)
            else:
                _set(thing, name, before)
        self.entries.clear()
        self.serial = next(_serials)
        return found

    def forget_making(self) -> None:
        """What was made is as old as can be: other journals note each change of it, and take it back."""
        for thing, name, _ in self.entries:
            if name is _MADE:
                _set(thing, _MADE, 0)

    def rewritten(self, mark: Mark, since: int) -> Iterator[tuple[Any, str | None]]:
        """What is older than the mark, but not than this serial, and was written since the mark: things, attributes."""
        for thing, name, _ in self.entries[mark.position :]:
            if name is not _MADE and since <= _birth(thing) < mark.serial:
                if isinstance(thing, (Cells, Items)):
                    yield thing.owner, thing.called
                else:
                    yield thing, name

    def before(self, container: Any, mark: Mark) -> Any:
        """The content that a container had at the mark."""
        for thing, name, before in self.entries[mark.position :]:
            if thing is container and name is None:
                return before
        return container

    def changes(self, mark: Mark) -> Changes:
        """What has been written since the mark, as it is now."""
        self.serial = next(_serials)  # what is written from here on is a further change
        found: Changes = {}
        for thing, name, _ in self.entries[mark.position :]:
            key = (id(thing), name)
            if key not in found:
                found[key] = (thing, thing.content() if name is None else getattr(thing, name, ABSENT))
        return found

    def changes_at(self, mark: Mark, end: Mark) -> Changes:
        """What had been written since the mark at a later one, as it was then."""
        later: dict[tuple[int, str | None], Any] = {}
        for thing, name, before in self.entries[end.position :]:
            later.setdefault((id(thing), name), before)
        found: Changes = {}
        for thing, name, _ in self.entries[mark.position : end.position]:
            key = (id(thing), name)
            if key not in found:
                value = (
                    later[key] if key in later else thing.content() if name is None else getattr(thing, name, ABSENT)
                )
                found[key] = (thing, value)
        return found


#: Containers with their content, and attributes with their value: by the id of the thing and the attribute's name.
Changes: TypeAlias = dict[tuple[int, "str | None"], tuple[Any, Any]]


def _birth(thing: Any) -> int:
    """When the thing was made; a container is as old as what it belongs to."""
    owner = thing.owner if isinstance(thing, (Cells, Items)) else thing
    return 0 if owner is None else owner.made


def is_there(thing: Any, changes: Changes, mark: Mark) -> bool:
    """Whether the thing exists where these changes, which are relative to the mark, have been made."""
    return _birth(thing) < mark.serial or (id(thing), _MADE) in changes


@contextmanager
def noted_in(journal: Journal | None) -> Iterator[None]:
    """Note changes in this journal within the block; None: in none."""
    before = _current.journal
    _current.journal = journal
    try:
        yield
    finally:
        _current.journal = before


def lay_down(changes: Changes) -> None:
    """Write what `Journal.changes` told of, as changes of their own."""
    journal = _current.journal
    for (_, name), (thing, value) in changes.items():
        if name is None:
            thing.replace(value)
        elif name is _MADE:
            if journal is not None:
                journal.entries.append((thing, _MADE, None))
        elif value is not ABSENT:
            setattr(thing, name, value)


class Versioned:
    """Something the analysed program may change: each change of an attribute is noted.

    Plain lists and dictionaries that become attributes are taken over as `Items` and `Cells`. What is set before the
    next mark is a part of making it: nothing that is older than that leads to it.
    """

    __slots__ = ("made",)

    #: Attributes whose lists and dictionaries are only ever replaced as a whole: they stay what they are.
    structures: ClassVar[frozenset[str]] = frozenset()
    made: int  #: the serial of the journal at which it was made

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        made = object.__new__(cls)
        journal = _current.journal
        if journal is None:
            _set(made, _MADE, 0)
        else:
            _set(made, _MADE, journal.serial)
            journal.entries.append((made, _MADE, None))
        return made

    def hand_on(self, name: str, value: Any) -> None:
        """Set an attribute that is read at once and forgotten: it is no part of the state, and not noted."""
        _set(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        kind = type(value)
        if kind is dict and name not in self.structures:
            value = Cells(value, self, name)
        elif kind is list and name not in self.structures:
            value = Items(value, self, name)
        journal = _current.journal
        if journal is not None and self.made != journal.serial:
            before = getattr(self, name, ABSENT)
            if before is not ABSENT and before is not value:
                journal.entries.append((self, name, before))
        _set(self, name, value)


def _noting(name: str, base: type) -> Callable[..., Any]:
    """The method of a list or dictionary that changes it, noting what it was before."""
    plain = getattr(base, name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        journal = _current.journal
        if journal is not None and self.stamp != journal.serial:
            journal.entries.append((self, None, self.content()))
            self.stamp = journal.serial
        return plain(self, *args, **kwargs)

    method.__name__ = name
    return method


class Cells(dict[Any, Any]):
    """A dictionary whose changes are noted. It is what the attribute `called` of `owner` holds."""

    __slots__ = ("called", "owner", "stamp")

    def __init__(self, content: Any = (), owner: Any = None, called: str = "") -> None:
        dict.__init__(self, content)
        self.owner = owner
        self.called = called
        journal = _current.journal
        self.stamp = 0 if journal is None else journal.serial

    def content(self) -> dict[Any, Any]:
        """A copy that stays."""
        return dict(self)

    def restore(self, content: dict[Any, Any]) -> None:
        """Take over the content without a note."""
        dict.clear(self)
        dict.update(self, content)

    def replace(self, content: dict[Any, Any]) -> None:
        """Take over the content, as a change."""
        self.clear()
        dict.update(self, content)

    for _name in ("__setitem__", "__delitem__", "clear", "pop", "popitem", "setdefault", "update", "__ior__"):
        locals()[_name] = _noting(_name, dict)
    del _name

    __hash__ = None


class Items(list[Any]):
    """A list whose changes are noted. It is what the attribute `called` of `owner` holds."""

    __slots__ = ("called", "owner", "stamp")

    def __init__(self, content: Iterable[Any] = (), owner: Any = None, called: str = "") -> None:
        list.__init__(self, content)
        self.owner = owner
        self.called = called
        journal = _current.journal
        self.stamp = 0 if journal is None else journal.serial

    def content(self) -> list[Any]:
        """A copy that stays."""
        return list(self)

    def restore(self, content: list[Any]) -> None:
        """Take over the content without a note."""
        list.__setitem__(self, slice(None), content)

    def replace(self, content: list[Any]) -> None:
        """Take over the content, as a change."""
        self[:] = content

    for _name in (
        "__setitem__", "__delitem__", "__iadd__", "__imul__", "append", "extend", "insert", "pop", "remove", "clear",
        "sort", "reverse",
    ):  # fmt: skip
        locals()[_name] = _noting(_name, list)
    del _name

    __hash__ = None

"""The values of the interpreter that are not plain Python constants.

Numbers, strings, bytes, booleans, None, tuples, ranges and slices stand for themselves. Whatever can change has a class
here. `birth` is the moment of creation: an unknown number of loop rounds makes what it changes unknown only where
the thing is older than the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from kerascheck.machine.asking import made_of
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Layer, Site
from kerascheck.symbolic.journal import Versioned
from kerascheck.symbolic.unknown import Unknown, forgotten, is_forgotten

if TYPE_CHECKING:
    import libcst as cst


Value: TypeAlias = Any


def not_known(reason: str, before: Unknown | None, items: Iterable[Value] = ()) -> Unknown:
    """Why something is not known, any more or since it was made of what is not; it hangs on what that hangs on."""
    made = Unknown(reason)
    if before is not None:
        made = made_of(made, before.key)
        made.needs, made.holds = before.needs, before.holds
    for item in items:
        if isinstance(item, Unknown):
            made.needs |= item.needs
    return forgotten(made) if before is not None and is_forgotten(before.key) else made


class ListValue(Versioned):
    """A list, set or other sequence that the program may change. `unknown` says why the items are not known.

    `element` is one of the items that a loop of unknown length appended, as an array of no known content. `tags` are
    those of its numbers (see `Content`).
    """

    __slots__ = ("birth", "element", "items", "kind", "tags", "unknown")

    def __init__(self, items: Iterable[Value], birth: int = 0, kind: str = "list") -> None:
        self.items: list[Value] = list(items)
        self.birth = birth
        self.kind = kind
        self.unknown: Unknown | None = None
        self.element: Value = None
        self.tags: frozenset[str] = frozenset()

    def blur(self, reason: str) -> None:
        """Forget the items."""
        self.unknown = not_known(reason, self.unknown, self.items)
        self.items = []
        self.element = None

    def __repr__(self) -> str:
        return f"ListValue({self.unknown or self.items})"


class IteratorValue(ListValue):
    """An iterator: `source` gives its items when they are asked for, and a `Lost` where they are not known any more.

    What does not ask takes it for a list of unknown content. See `sequences.step`.
    """

    __slots__ = ("endless", "function", "given", "is_generator", "is_private", "lost", "result", "running", "source")

    def __init__(self, source: Iterator[Value], birth: int) -> None:
        super().__init__((), birth, "iterator")
        self.unknown = Unknown("an iterator gives its items when they are asked for")
        self.source: Iterator[Value] | None = source
        self.lost: Unknown | None = None
        self.running = False
        self.is_generator = False  # and not a `zip` or the like
        self.is_private = False  # nothing but a `for` knows it
        self.function: FunctionValue | None = None  # the generator function that it runs
        self.given: Mapping[str, Value] = {}  # what that was called with
        self.endless = False  # a generator that surely has always another item
        self.result: Value = None  # what a generator returned

    def blur(self, reason: str) -> None:
        """Forget how far it is."""
        self.source = None
        self.lost = Unknown(reason)

    def lose_rest(self, reason: Unknown) -> None:
        """The further items are not known, for the same reason as those that it takes."""
        self.blur(reason.reason)
        self.lost = not_known(reason.reason, reason)


class DictView(ListValue):
    """`dict.keys()`, `dict.values()`, `dict.items()`: what the dictionary holds now."""

    __slots__ = ("owner", "take")

    def __init__(self, owner: DictValue, kind: str, take: Callable[[DictValue], list[Value]]) -> None:
        self.owner = owner
        self.kind = kind
        self.take = take
        self.element = None
        self.birth = owner.birth

    @property
    def items(self) -> list[Value]:
        """The entries, in order."""
        return self.take(self.owner)

    @items.setter
    def items(self, value: list[Value]) -> None:
        raise TypeError("a view of a dictionary cannot be set")

    @property
    def unknown(self) -> Unknown | None:
        """Why there may be more of them."""
        return self.owner.unknown

    @unknown.setter
    def unknown(self, value: Unknown | None) -> None:
        raise TypeError("a view of a dictionary cannot be set")

    def blur(self, reason: str) -> None:
        """The view shows what is there: its dictionary has to forget."""
        self.owner.blur(reason)


class DictValue(Versioned):
    """A dictionary. With `unknown` set, there may be more entries than `items` shows."""

    __slots__ = ("birth", "items", "unknown")

    def __init__(self, items: dict[Hashable, Value] | None = None, birth: int = 0) -> None:
        self.items: dict[Hashable, Value] = items if items is not None else {}
        self.birth = birth
        self.unknown: Unknown | None = None

    def blur(self, reason: str) -> None:
        """Forget the entries."""
        self.unknown = not_known(reason, self.unknown, ())
        self.items = {}

    def spread(self, birth: int) -> DictValue | None:
        """A copy, where the entries alone are not all that is known of it."""
        return None

    def lacks(self, key: Hashable) -> bool:
        """Whether there surely is no entry under the key."""
        return self.unknown is None and key not in self.items

    def presence(self, key: Hashable) -> Value:
        """Whether there is an entry under the key: True, False, or what that hangs on."""
        return True if key in self.items else False if self.lacks(key) else Unknown("whether there is an entry")

    def merge(self, other: DictValue) -> None:
        """Take over the entries of another dictionary; the unseen ones may replace any of ours."""
        if other.unknown is not None:
            self.items = {}
            self.unknown = other.unknown
        self.items.update(other.items)

    def __repr__(self) -> str:
        return f"DictValue({self.items}{', ...' if self.unknown else ''})"


#: Names that only some arms have bound: what they are bound to, and whether they are, by the conditions of the arms.
Optional: TypeAlias = "dict[Any, tuple[Value, Value]] | None"


def presence(optional: Optional, names: Mapping[Any, Value], name: Any) -> Value:
    """Whether the name is among these: True, False, or what that hangs on.

    Code that goes on reads a name without asking: there it is bound. This is for what asks.
    """
    if name not in names:
        return False
    entry = None if optional is None else optional.get(name)
    return True if entry is None or entry[0] is not names[name] else entry[1]  # it has been bound again


def bound_again(owner: Scope | Instance, name: str) -> None:
    """The name is bound here in any case, perhaps to the very value that it has had in some of the cases."""
    if owner.optional is not None and name in owner.optional:
        owner.optional = {key: entry for key, entry in owner.optional.items() if key != name} or None


class Scope(Versioned):
    """Names and their values: a module, a function call, a class body or a comprehension."""

    __slots__ = ("enclosing", "file", "globals", "kind", "optional", "outer", "owner", "redirected", "star", "vars")

    def __init__(self, kind: str, outer: Scope | None, owner: Any = None) -> None:
        self.kind = kind  # "module", "function", "class", "comprehension"
        self.outer = outer
        self.owner = owner  # the Source of a module, the FunctionValue of a call, the ClassValue of a body
        self.vars: dict[str, Value] = {}
        self.optional: Optional = None  # see `presence`
        self.redirected: dict[str, Scope] | None = None  # global and nonlocal declarations
        self.globals: Scope = outer.globals if outer is not None else self
        #: The next scope that names are looked up in: a class body is invisible to the functions in it.
        self.enclosing: Scope | None = outer.enclosing if outer is not None and outer.kind == "class" else outer
        #: The source file that the code of this scope stands in.
        self.file: Any = outer.file if outer is not None else owner
        self.star: list[str] | None = None  # modules whose names came in through `from m import *`

    def around(self) -> Iterator[Scope]:
        """This scope and those around it that names are looked up in, the innermost first."""
        place: Scope | None = self
        while place is not None:
            yield place
            place = place.enclosing

    def holder(self, name: str) -> Scope | None:
        """The first of these that has the name; None where it is of no scope."""
        return next((place for place in self.around() if name in place.vars), None)


class FunctionValue(Versioned):
    """A function or lambda of the program."""

    __slots__ = ("attributes", "decorated", "defaults", "name", "node", "options", "owner", "scope", "site")

    def __init__(
        self,
        name: str,
        node: cst.FunctionDef | cst.Lambda,
        scope: Scope,
        defaults: dict[str, Value],
        site: Site,
        owner: ClassValue | None = None,
    ) -> None:
        self.name = name
        self.node = node
        self.scope = scope  # where it is defined
        self.defaults = defaults
        self.site = site
        self.owner = owner  # the class whose body defines it
        self.decorated: frozenset[str] = frozenset()  # names of decorators that matter: property, staticmethod...
        self.options: set[str] = set()  # parameters that the command line gives: by their defaults, without arguments
        self.attributes: dict[str, Value] | None = None  # that the program has set on it

    def __repr__(self) -> str:
        return f"<function {self.name}>"


class Field:
    """One of the fields of a dataclass or named tuple."""

    __slots__ = ("default", "factory", "in_init", "keyword_only", "name", "stored")

    def __init__(self, name: str, default: Value, factory: Value = None) -> None:
        self.name = name
        self.default = default  # MISSING where there is none
        self.factory = factory  # what makes its default
        self.in_init = True  # whether it is a parameter of `__init__`
        self.keyword_only = False
        self.stored = True  # not so for an InitVar


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


#: Stands for a default that there is not.
MISSING = _Missing()


class ClassValue(Versioned):
    """A class of the program."""

    __slots__ = (
        "_order", "bases", "enumerated", "fields", "kind", "members", "name", "node", "options", "scope", "site"
    )  # fmt: skip

    def __init__(self, name: str, node: cst.ClassDef, scope: Scope, bases: list[Value], site: Site) -> None:
        self.name = name
        self.node = node
        self.scope = scope  # where it is defined
        self.bases = bases
        self.members: dict[str, Value] = {}
        self.site = site
        self.kind = ""  # "namedtuple", "enum" or "typeddict", where its objects are made in another way
        self.fields: list[Field] | None = None  # of a dataclass or named tuple
        self.enumerated: tuple[Value, ...] = ()  # the members of an enumeration
        self.options: frozenset[str] = frozenset()  # of `@dataclass`: "frozen"
        self._order: list[Value] = [self, *_linearise(bases)]

    def mro(self) -> list[Value]:
        """The order of resolution, as Python linearises it: ClassValues, Symbols and Unknowns."""
        return self._order

    def __repr__(self) -> str:
        return f"<class {self.name}>"


_MAX_ANCESTORS = 100


def _linearise(bases: list[Value]) -> list[Value]:
    """The C3 linearisation of what is behind a class; where Python would refuse the bases, as far as it goes."""
    sequences = [base.mro()[:_MAX_ANCESTORS] if isinstance(base, ClassValue) else [base] for base in bases]
    sequences.append(bases)
    result: list[Value] = []
    while sequences := [sequence for sequence in sequences if sequence]:
        for sequence in sequences:
            head = sequence[0]
            if not any(_is_one_of(head, other[1:]) for other in sequences):
                break
        else:
            head = sequences[0][0]
        result.append(head)
        sequences = [[cls for cls in sequence if not _is_one_of(cls, [head])] for sequence in sequences]
    return result


def _is_one_of(cls: Value, others: list[Value]) -> bool:
    return any(cls is other or cls == other for other in others)


class Instance(Versioned):
    """An object of a class of the program. `layer` is what it is to Keras, where its class derives from Keras."""

    __slots__ = ("attributes", "birth", "cls", "layer", "optional", "unknown")

    def __init__(self, cls: ClassValue, birth: int = 0) -> None:
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.optional: Optional = None  # see `presence`
        self.layer: Layer | None = None
        self.birth = birth
        self.unknown: Unknown | None = None  # more may be on it than `attributes` shows

    def blur(self, reason: str) -> None:
        """Forget the attributes; the members of an enumeration keep theirs."""
        if self.cls.kind != "enum":
            self.attributes = {}
            self.unknown = Unknown(reason)

    def __repr__(self) -> str:
        return f"<{self.cls.name} instance>"


class DefaultDict(DictValue):
    """A dictionary that makes the entries it is asked for: `defaultdict`, and `Counter`, which keeps none of them."""

    __slots__ = ("factory", "kind")

    def __init__(self, items: dict[Hashable, Value], birth: int, kind: str, factory: Value) -> None:
        super().__init__(items, birth)
        self.kind = kind  # "dict" or "counter"
        self.factory = factory


class DictObject(DictValue):
    """An object of a class that derives from `dict`. With `is_shared` its entries are its attributes as well."""

    __slots__ = ("attributes", "cls", "is_shared")

    def __init__(self, cls: ClassValue, birth: int) -> None:
        super().__init__({}, birth)
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.is_shared = False


#: The kind of an open file.
FILE = "builtins.open"


class NativeObject(Versioned):
    """An object of a library that the interpreter plays itself: what it is, and the values it is made of."""

    __slots__ = ("birth", "kind", "parts")

    def __init__(self, kind: str, birth: int, parts: dict[str, Value]) -> None:
        self.kind = kind  # the canonical name of its class; its methods stand in `METHODS` under it
        self.birth = birth
        self.parts = parts

    def forget(self) -> None:
        """What it is made of is not known any more."""
        for part in self.parts.values():
            if isinstance(part, (ListValue, DictValue)):
                part.blur(f"a {self.kind} was handed to code that is not analysed")

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class NamedTupleValue(tuple[Any, ...]):
    """A named tuple: a tuple that knows its class."""

    cls: ClassValue

    @staticmethod
    def of(cls: ClassValue, items: Iterable[Value]) -> NamedTupleValue:
        """An object of the class."""
        made = NamedTupleValue(items)
        made.cls = cls
        return made


class NativeFunction:
    """A function in the body of a class that the interpreter itself provides, such as the `__init__` of a dataclass."""

    __slots__ = ("name", "run")

    def __init__(self, name: str, run: Callable[..., Value]) -> None:
        self.name = name
        self.run = run  # gets the receiver, the arguments and the call's site


class BoundMethod:
    """A function of the program bound to its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: FunctionValue, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver


class NativeMethod:
    """A method that the interpreter itself provides: `run` gets the receiver, the arguments and the call's site."""

    __slots__ = ("name", "receiver", "run")

    def __init__(self, name: str, receiver: Value, run: Callable[..., Value]) -> None:
        self.name = name
        self.receiver = receiver
        self.run = run


class Super:
    """`super()` inside a method: attributes are looked up behind `cls` in the order of resolution."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: ClassValue, receiver: Value) -> None:
        self.cls = cls
        self.receiver = receiver


class Partial:
    """`functools.partial(function, ...)`."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Value, arguments: Arguments) -> None:
        self.function = function
        self.arguments = arguments


class FieldDefault:
    """`dataclasses.field(default=..., default_factory=...)` in the body of a class."""

    __slots__ = ("default", "factory", "in_init", "keyword_only")

    def __init__(self, default: Value, factory: Value, in_init: bool = True, keyword_only: bool = False) -> None:
        self.default = default
        self.factory = factory
        self.in_init = in_init
        self.keyword_only = keyword_only


class ParameterDefault:
    """What a decorator such as `@click.option("--units", default=64)` gives a parameter that no call gives."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Value) -> None:
        self.name = name
        self.value = value


class UserRaise(Exception):
    """The analysed program raises (or exits) here."""

    def __init__(self, value: Value) -> None:
        super().__init__("the program raises")
        self.value = value
        self.noted = False  # whether the handlers around it know of it (see `paths`)


class BudgetExceeded(Exception):
    """The limit on steps or time for one file is used up."""

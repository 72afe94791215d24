"""What libcst does when it parses, and when visitors walk through its trees, and need not do for us."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcst import CSTNode


@contextmanager
def unchecked_nodes() -> Iterator[None]:
    """Meanwhile nodes are not checked when they are made: those of the parser are right.

    libcst asks every node that is made whether its parts go together (a space between `not` and a name), which takes a
    fifth to a third of a parse. That is for trees that are made by hand.
    """
    from libcst import CSTNode

    checked = _as_it_is()
    CSTNode.__post_init__ = _unchecked  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        CSTNode.__post_init__ = checked  # type: ignore[method-assign,assignment]


def parse_many() -> None:
    """From now on this process makes nodes in the shortest way, once it has parsed as much as that pays for.

    The classes of libcst's nodes are frozen: each field is set by a call, where an assignment takes a fraction of the
    time, and a parse is mostly the making of nodes. Their constructors become such as assign, and nodes can be written
    to from then on. This is for processes that do nothing else but check files.
    """
    _Lean.is_wanted = True


class _Lean:
    """Whether constructors of nodes are to be replaced, and how much has been parsed before."""

    is_wanted = False
    parsed = 0  # characters


#: So many characters are parsed before it pays to replace the constructors, which takes some milliseconds.
_WORTH_REPLACING = 60_000

#: The classes that nearly all nodes of programs are of.
_FREQUENT = (
    *("Arg", "Assign", "AssignEqual", "AssignTarget", "Attribute", "Call", "Colon", "Comma", "Comment", "Dot"),
    *("Element", "EmptyLine", "Equal", "Expr", "Index", "IndentedBlock", "Integer", "LeftParen", "LeftSquareBracket"),
    *("Name", "Newline", "Param", "ParenthesizedWhitespace", "RightParen", "RightSquareBracket", "SimpleString"),
    *("SimpleStatementLine", "SimpleWhitespace", "Subscript", "SubscriptElement", "TrailingWhitespace", "Tuple"),
)


def note_parse(text: str) -> None:
    """A text is about to be parsed."""
    if not _Lean.is_wanted:
        return
    _Lean.parsed += len(text)
    if _Lean.parsed > _WORTH_REPLACING:
        _Lean.is_wanted = False
        _replace_constructors()


def _replace_constructors() -> None:
    import libcst

    for name in _FREQUENT:
        kind = getattr(libcst, name, None)
        if kind is not None and _is_plain(kind):
            kind.__init__ = _assigning(kind)
            kind.__setattr__, kind.__delattr__ = object.__setattr__, object.__delattr__


def _is_plain(kind: type[CSTNode]) -> bool:
    """Whether the class is as `dataclasses` makes a frozen one, with all of its fields in the constructor."""
    own = vars(kind)
    return (
        {"__init__", "__setattr__", "__delattr__", "__dataclass_fields__"} <= own.keys()
        and own["__init__"].__code__.co_filename == "<string>"
        and all(field.init and not field.kw_only for field in dataclasses.fields(kind))
    )


def _assigning(kind: type[CSTNode]) -> Callable[..., None]:
    """The constructor that the class would have, were it not frozen."""
    fields = [
        (one.name, Any, dataclasses.field(default=one.default, default_factory=one.default_factory))
        for one in dataclasses.fields(kind)
    ]
    namespace = {"__post_init__": kind.__post_init__}  # so that it is called, as it is then
    made = dataclasses.make_dataclass(kind.__name__, fields, namespace=namespace, eq=False, repr=False)
    constructor: Callable[..., None] = made.__dict__["__init__"]
    return constructor


@contextmanager
def lean_visits() -> Iterator[None]:
    """Meanwhile visitors walk through trees without making each node anew, and without a look at spaces and signs.

    libcst does for all visitors what is needed for those that change a tree. This is for visitors that change none,
    and ask neither for whitespace nor for the fields of nodes, so not for `PositionProvider`.
    """
    from libcst import CSTNode

    making = _as_it_visits()
    CSTNode.visit = _visit  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        CSTNode.visit = making  # type: ignore[method-assign]


def _visit(node: CSTNode, visitor: Any) -> CSTNode:
    if visitor.on_visit(node):
        kind = type(node)
        names = _orders.get(kind)
        if names is None:
            names = _orders[kind] = _order_of(node)
        for name in names:
            value = getattr(node, name)
            kind = type(value)
            if kind is tuple or kind is list:
                for part in value:
                    part.visit(visitor)
            elif kind not in _NO_NODES and kind.__name__ != "MaybeSentinel":
                value.visit(visitor)
    visitor.on_leave(node)
    return node


_NO_NODES = frozenset({str, bool, int, type(None)})
#: The fields of each kind of node that hold code, in the order in which libcst visits them.
_orders: dict[type[CSTNode], tuple[str, ...]] = {}


class _Order:
    """Notes which fields of a node are visited, and stays out of what is in them."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def on_visit(self, node: CSTNode) -> bool:
        return False

    def on_leave(self, node: CSTNode) -> None:
        pass

    def on_visit_attribute(self, node: CSTNode, attribute: str) -> None:
        self.names.append(attribute)

    def on_leave_attribute(self, node: CSTNode, attribute: str) -> None:
        pass


def _order_of(node: CSTNode) -> tuple[str, ...]:
    from kerascheck.text.treewalk import code_fields

    noted = _Order()
    node._visit_and_replace_children(noted)  # type: ignore[arg-type]
    fields = code_fields(type(node))
    return tuple(sorted(fields, key=lambda name: noted.names.index(name) if name in noted.names else len(noted.names)))


@cache
def _as_it_visits() -> Callable[..., Any]:
    """As `_as_it_is`."""
    from libcst import CSTNode

    return CSTNode.visit


def _unchecked(node: object) -> None:
    pass


@cache
def _as_it_is() -> Callable[[CSTNode], None]:
    """What libcst does, asked before it is first changed: another thread may parse at the same time."""
    from libcst import CSTNode

    return CSTNode.__post_init__

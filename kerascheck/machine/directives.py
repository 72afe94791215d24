"""What comments ask the analysis to tell, and what they tell it: applied where the statements beside them run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.machine.describing import Description, described, in_row
from kerascheck.machine.values import Scope, UserRaise, Value
from kerascheck.network.dims import Shape, SymDim
from kerascheck.network.ir import Layer, Node, Site, Tensor
from kerascheck.symbolic.unknown import Unknown
from kerascheck.text.directives import Directive

if TYPE_CHECKING:
    from kerascheck.machine.run import Run

_MAX_KEPT = 8  # different things that are told of one name at one place


@dataclass
class Marks:
    """What is to be done before a statement runs, and after."""

    before: list[Directive] = field(default_factory=list)
    after: list[Directive] = field(default_factory=list)


# -- places -----------------------------------------------------------------------------------------------------------


def marks_of(source: Any) -> dict[int, Marks]:
    """The directives of a file by the ids of the statements that they stand beside."""
    found: dict[int, Marks] = {}
    good = [one for one in source.directives if one.wrong is None]
    if not good:
        return found
    spans: list[tuple[int, int, cst.CSTNode]] = []
    heads: dict[int, cst.CSTNode] = {}  # the first statement in the body that begins behind a row
    lines = source.uncommented.splitlines()

    def visit(body: Sequence[cst.CSTNode]) -> None:
        for statement in body:
            span = source.locate(statement)
            spans.append((span.start.row, span.end.row, statement))
            for suite in _suites(statement):
                if isinstance(suite, cst.IndentedBlock) and suite.body:
                    first = source.locate(suite.body[0]).start.row
                    for row in range(_header_row(source, lines, suite, statement), first):
                        heads[row] = suite.body[0]
                    visit(suite.body)

    visit(source.tree.body)
    for directive in good:
        row = directive.row
        around = [one for one in spans if one[0] <= row <= one[1] and not _has_body(one[2])]
        if directive.trails and around:
            found.setdefault(id(around[-1][2]), Marks()).after.append(directive)
        elif row in heads:
            found.setdefault(id(heads[row]), Marks()).before.append(directive)
        elif around:  # between the rows of a statement
            found.setdefault(id(around[-1][2]), Marks()).after.append(directive)
        else:
            _between(directive, spans, source, found)
    return found


def _between(
    directive: Directive, spans: list[tuple[int, int, cst.CSTNode]], source: Any, found: dict[int, Marks]
) -> None:
    """A comment in a row of its own: before the statement that follows in its block, else after the one before.

    What it says of the name that the statement above binds is about what that statement has made.
    """
    line = source.line(directive.row)
    column = len(line) - len(line.lstrip()) + 1
    above = next((one for one in reversed(spans) if one[1] < directive.row), None)
    if (
        directive.kind == "shape"
        and above is not None
        and not _has_body(above[2])
        and source.locate(above[2]).start.column == column
        and directive.names[0] in _subjects(above[2])
    ):
        found.setdefault(id(above[2]), Marks()).after.append(directive)
        return
    behind = next((one for one in spans if one[0] > directive.row), None)
    if behind is not None and source.locate(behind[2]).start.column == column:
        found.setdefault(id(behind[2]), Marks()).before.append(directive)
        return
    before = [one for one in spans if one[1] < directive.row and source.locate(one[2]).start.column <= column]
    if before:
        found.setdefault(id(before[-1][2]), Marks()).after.append(directive)
    elif behind is not None:
        found.setdefault(id(behind[2]), Marks()).before.append(directive)


def _header_row(source: Any, lines: Sequence[str], suite: cst.IndentedBlock, statement: cst.CSTNode) -> int:
    """The row in which the head of a block ends: the one before its first statement where that cannot be told."""
    first: int = source.locate(suite.body[0]).start.row
    for row in range(first - 1, source.locate(statement).start.row - 1, -1):
        if lines[row - 1].strip():
            return row
    return first


def _has_body(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.BaseCompoundStatement)


def _suites(statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The blocks of a statement, its further arms included."""
    waiting: list[Any] = [statement]
    while waiting:
        node = waiting.pop(0)
        body = getattr(node, "body", None)
        if isinstance(body, cst.BaseSuite):
            yield body
        for name in ("orelse", "finalbody"):
            part = getattr(node, name, None)
            if isinstance(part, cst.CSTNode):
                waiting.append(part)
        for name in ("handlers", "cases"):
            waiting.extend(getattr(node, name, ()))


# -- telling ----------------------------------------------------------------------------------------------------------


class Watch:
    """What is noted of the names of one file while it runs, by the ids of their nodes or of directives."""

    def __init__(self, source: Any, names: bool = True) -> None:
        self.source = source
        self.names = names  # whether each name is looked at, or only those that directives ask for
        #: By the id of what it is about and a name: that thing, and what was seen, in words.
        self.told: dict[tuple[int, str], tuple[Any, dict[str, Description]]] = {}
        self.applied: set[int] = set()  # ids of the directives that were reached
        self._made: dict[int, tuple[Value, str]] = {}  # which row has bound a value first

    def bound(self, value: Value, node: cst.CSTNode, file: Any) -> None:
        """A name gets a value."""
        if isinstance(value, Array) and id(value) not in self._made and (place := in_row(Site(file, node))):
            self._made[id(value)] = value, f"made{place}"
        if self.names and file is self.source:
            self.tell(node, value)

    def read(self, value: Value, node: cst.CSTNode, file: Any) -> None:
        """A name is read."""
        if self.names and file is self.source:
            self.tell(node, value)

    def tell(self, about: Any, value: Value, name: str = "") -> None:
        """Note what a value is."""
        _, seen = self.told.setdefault((id(about), name), (about, {}))
        if len(seen) >= _MAX_KEPT:
            return
        found = described(value)
        if isinstance(value, Array) and id(value) in self._made:
            where = self._made[id(value)][1]
            found = replace(found, origin=where)
        seen[found.text] = found

    def given(self, value: Value, row: int) -> None:
        """A comment says what a value is."""
        self._made[id(value)] = value, f"as row {row} says"

    def answers(self, about: Any) -> list[str]:
        """What was told about something: a text for each name, with all that it may be."""
        found: list[str] = []
        for (key, name), (_, seen) in self.told.items():
            if key == id(about):
                known = [text for text, one in seen.items() if one.is_known] or list(seen)
                found.append(f"{name}: {', or '.join(known)}" if name else ", or ".join(known))
        return found


#: What is to be noted while programs are analysed, where somebody asks about names.
watched: ContextVar[bool] = ContextVar("watched", default=False)


@contextmanager
def watching() -> Iterator[None]:
    """While programs are analysed in here, it is noted what each name of them stands for."""
    token = watched.set(True)
    try:
        yield
    finally:
        watched.reset(token)


# -- doing ------------------------------------------------------------------------------------------------------------


def prepare(run: Run, marks: Marks, scope: Scope, statement: cst.CSTNode) -> None:
    """A statement is about to run."""
    if marks.before:
        _carry_out(run, marks.before, scope, statement, [])
    # What a call is given is asked now: `x = layer(x)` makes x something else.
    if any(directive.kind == "shape" for directive in marks.after):
        run.given_tensors[id(statement)] = _tensors_of_call(run, statement, scope)


def finish(run: Run, marks: Marks, scope: Scope, statement: cst.CSTNode) -> None:
    """A statement has run."""
    if marks.after:
        _carry_out(run, marks.after, scope, statement, run.given_tensors.pop(id(statement), []))


def _carry_out(
    run: Run, wanted: Sequence[Directive], scope: Scope, statement: cst.CSTNode, tensors: list[Tensor]
) -> None:
    """Do what directives say, at the place where they stand."""
    watch = run.watch
    for directive in wanted:
        if watch is not None:
            watch.applied.add(id(directive))
        if directive.kind == "shape":
            _take_for_given(run, directive, scope, statement, tensors)
        elif watch is not None:
            for name in directive.names or _subjects(statement):
                value = _value_of(run, name, scope)
                watch.tell(directive, value, name)


def _value_of(run: Run, name: str, scope: Scope) -> Value:
    try:
        return run.evaluate(cst.parse_expression(name), scope)
    except UserRaise:
        return Unknown(f"there is no {name} here")


def _subjects(statement: cst.CSTNode) -> list[str]:
    """What a statement is about: what it assigns, else the names that it consists of."""
    small = statement.body[-1] if isinstance(statement, cst.SimpleStatementLine) else statement
    targets: list[cst.BaseExpression] = []
    if isinstance(small, cst.Assign):
        targets = [target.target for target in small.targets]
    elif isinstance(small, (cst.AnnAssign, cst.AugAssign)):
        targets = [small.target]
    elif isinstance(small, (cst.Expr, cst.Return)) and small.value is not None:
        targets = [small.value]
    names: list[str] = []
    for target in targets:
        names += _names_in(target)
    return names


def _names_in(target: cst.BaseExpression) -> list[str]:
    """The names of a target, or of an expression that is one or a tuple of them."""
    if isinstance(target, (cst.Tuple, cst.List)):
        return [name for element in target.elements for name in _names_in(element.value)]
    name = _dotted(target)
    return [] if name is None else [name]


def _dotted(node: cst.BaseExpression) -> str | None:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr.value}"
    return None


def _take_for_given(
    run: Run, directive: Directive, scope: Scope, statement: cst.CSTNode, tensors: list[Tensor]
) -> None:
    """Bind the name of a `shape` to something of that shape."""
    from kerascheck.machine.binding import assign

    name, given = directive.names[0], directive.shape
    value = _value_of(run, name, scope)
    site = Site(scope.file, statement)
    made: Value
    if isinstance(given, int):
        made = given
    elif isinstance(given, str):
        made = SymDim.named(given, ("given", given))
    elif given is None:
        return
    else:
        made = _of_shape(run, value, given, directive.dtype, name, site, tensors)
    if run.watch is not None and isinstance(made, Array):
        run.watch.given(made, directive.row)
    if made is not value:
        assign(run, cst.parse_expression(name), made, scope)


def _of_shape(
    run: Run,
    value: Value,
    given: tuple[int | str | None, ...],
    dtype: str | None,
    name: str,
    site: Site,
    tensors: list[Tensor],
) -> Value:
    sizes: Shape = tuple(SymDim.named(size, ("given", size)) if isinstance(size, str) else size for size in given)
    if isinstance(value, Tensor):
        value.shape = sizes
        if dtype is not None:
            value.dtype = dtype
        return value
    if isinstance(value, Unknown) and tensors:
        # A layer or a function that is not known has made it: a node of the graph.
        cls = _called(site.node)
        layer = Layer(cls, run.layer_name(cls), site)
        layer.unknown = Unknown(value.reason)
        tensor = Tensor(sizes, dtype or "float32")
        layer.calls.append(Node(layer, tuple(tensors), (tensor,), site))
        run.program.layers.append(layer)
        return tensor
    known: Shape = tuple(
        SymDim.named(f"{name}.shape[{axis}]", ("given", name, axis, id(site.node))) if size is None else size
        for axis, size in enumerate(sizes)
    )
    if isinstance(value, Array):
        value.shape = known
        if dtype is not None:
            value.dtype = dtype
        return value
    return Array(known, dtype or Unknown(f"the dtype of {name}"), birth=run.tick())


def _called(statement: cst.CSTNode) -> str:
    """The name of what an assignment calls: `Mystery` of `x = nets.Mystery(3)(x)`."""
    small = statement.body[-1] if isinstance(statement, cst.SimpleStatementLine) else statement
    called = getattr(small, "value", None)
    while isinstance(called, cst.Call):
        called = called.func
    name = _dotted(called) if isinstance(called, cst.BaseExpression) else None
    return name.rpartition(".")[2] if name else "Unknown"


def _tensors_of_call(run: Run, statement: cst.CSTNode, scope: Scope) -> list[Tensor]:
    """The tensors that the call in an assignment is given by name."""
    small = statement.body[-1] if isinstance(statement, cst.SimpleStatementLine) else statement
    call = small.value if isinstance(small, (cst.Assign, cst.AnnAssign)) else None
    if not isinstance(call, cst.Call):
        return []
    found: list[Tensor] = []
    for argument in call.args:
        items = argument.value.elements if isinstance(argument.value, (cst.List, cst.Tuple)) else [argument]
        for item in items:
            if isinstance(item.value, cst.Name):
                value = run.evaluate(item.value, scope)
                if isinstance(value, Tensor):
                    found.append(value)
    return found

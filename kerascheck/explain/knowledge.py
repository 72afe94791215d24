"""What the analysis knows at a row of a program: the layers on the way to it, the data there, and the findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kerascheck.data.array import Array
from kerascheck.data.training import raw_data
from kerascheck.diagnostics import Diagnostic, Severity
from kerascheck.network.arguments import Given
from kerascheck.network.dims import format_shape
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Unknown

if TYPE_CHECKING:
    from kerascheck.engine import Examination
    from kerascheck.explain.messages.base import Groups
    from kerascheck.network.dims import Shape
    from kerascheck.network.ir import Node, Site, Tensor
    from kerascheck.network.program import Program, Raised, TrainCall
    from kerascheck.project.source import Source

REFUSED = "refused"

#: Steps of the way to a layer that are shown; of a longer one the last are.
MAX_STEPS = 10
_MAX_PARTS = 6
_MAX_FINDINGS = 3


@dataclass(frozen=True)
class Step:
    """A layer on the way: its row (None where it is not of this file), and the shape of its output."""

    row: int | None
    name: str
    cls: str
    shape: str
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """Something that a training call compares: `what` it is, its shape and dtype, and the row that makes it."""

    what: str
    shape: str
    note: str = ""
    row: int | None = None


@dataclass
class Knowledge:
    """What is known at a place."""

    steps: list[Step] = field(default_factory=list)
    left_out: int = 0  # steps before those
    data: list[Fact] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)  # at the place, or of the kind that the message is of
    elsewhere: bool = False  # whether these findings are in other rows than the place
    at_place: bool = False  # whether the steps and data are of the place
    figures: list[str] = field(default_factory=list)  # what the training computes, where the message is about that
    why_nothing: str | None = None


def known_at(
    examination: Examination, rows: Sequence[int], rules: Sequence[str], groups: Groups, origin: str = ""
) -> Knowledge:
    """What is known at the rows of a traceback, the innermost first.

    Args:
        examination: of the file.
        rows: counted in the whole text; none where there is no traceback.
        rules: the codes that find what the message says.
        groups: what the message says of names and sizes.
        origin: what the way to the layer is marked for, see `Message.origin`.
    """
    known = Knowledge()
    source, analysis = examination.source, examination.analysis
    if source is None or analysis is None:
        known.why_nothing = examination.report.skipped
        return known
    stretches = [_statement(source, row) for row in rows]
    known.findings, known.elsewhere = _findings(examination.report.diagnostics, source, stretches, rules)
    if known.findings and (known.elsewhere or not stretches):
        span = known.findings[0].span
        first = source.rows_of_cell(known.findings[0].cell)[0]
        stretches = [*stretches, (first + span.start.row - 1, first + span.end.row - 1)]
    paths = [program for program in analysis.paths if not program.doubts] or analysis.paths
    if FIGURES in rules:
        known.figures = _figures(paths, groups)
    for number, stretch in enumerate(stretches):
        for program in paths:
            if _look_at(known, program, source, stretch, origin):
                known.at_place = number == 0 and bool(rows)
                return known
    if layer := groups.get("layer"):
        for program in paths:
            node = _last_call_of(layer, program)
            if node is not None:
                _way(known, node.inputs, source, origin)
                known.steps.append(_step_of(node, source, "the layer that the message names"))
                break
    return known


def _look_at(known: Knowledge, program: Program, source: Source, stretch: tuple[int, int], origin: str) -> bool:
    """Take up what a program does in a statement; whether there is anything of it."""

    def is_here(site: Site | None) -> bool:
        return site is not None and site.file is source and _is_within(source, site, stretch)

    for training in program.trainings:
        if is_here(training.site):
            _compare(known, training, source)
            return True
    for raised in program.raised:
        if is_here(raised.site) and raised.layer is not None:
            _refusal(known, raised, source, origin)
            return True
    layers = [layer for layer in program.layers if not isinstance(layer, Network)]
    nodes = [node for layer in layers for node in layer.calls if is_here(node.site) and node.inputs]
    if nodes:
        _way(known, nodes[-1].inputs, source, origin)
        known.steps.append(_step_of(nodes[-1], source))
        return True
    return False


# -- layers -----------------------------------------------------------------------------------------------------------


def _refusal(known: Knowledge, raised: Raised, source: Source, origin: str) -> None:
    """The way to a layer that Keras refuses."""
    layer = raised.layer
    assert layer is not None
    if not raised.inputs:
        return  # it is refused for its arguments
    _way(known, raised.inputs, source, origin or ("axes" if raised.error.kind == "rank" else ""))
    known.steps.append(Step(_row(raised.site, source), layer.name, layer.cls, REFUSED))


def _way(known: Knowledge, inputs: Sequence[Tensor], source: Source, origin: str) -> None:
    """The layers that lead to these tensors, from the first one on."""
    steps: list[tuple[Step, Shape | None]] = []
    seen: set[int] = set()
    waiting = list(inputs)
    while len(waiting) == 1 and waiting[0].node is not None and id(waiting[0].node) not in seen:
        node, tensor = waiting[0].node, waiting[0]
        seen.add(id(node))
        steps.append((_step(node, tensor, source), None if isinstance(tensor.shape, Unknown) else tensor.shape))
        waiting = list(node.inputs)
    ahead = [
        (_step(tensor.node, tensor, source), None if isinstance(tensor.shape, Unknown) else tensor.shape)
        for tensor in waiting[:_MAX_PARTS]
        if tensor.node is not None and id(tensor.node) not in seen
    ]
    way = [*ahead, *reversed(steps)] if steps or len(ahead) > 1 else ahead
    if len(ahead) <= 1:
        way = _with_origin(way, origin)
    known.left_out = max(0, len(way) - MAX_STEPS)
    known.steps = [step for step, _ in way[-MAX_STEPS:]]


def _with_origin(way: list[tuple[Step, Shape | None]], origin: str) -> list[tuple[Step, Shape | None]]:
    """The way with a note where the number of axes, or the last size, became what it is at the end."""
    last = way[-1][1] if way else None
    if not last or not origin:
        return way
    if origin == "axes":
        place, note = _since(way, lambda shape: len(shape) == len(last)), f"{len(last)} axes from here on"
    else:
        place = _since(way, lambda shape: len(shape) == len(last) and shape[-1] == last[-1])
        note = f"{last[-1]} comes from here"
    if place is None:
        return way
    step, shape = way[place]
    return [*way[:place], (replace(step, note=note), shape), *way[place + 1 :]]


def _since(way: list[tuple[Step, Shape | None]], holds: Any) -> int | None:
    """The first step from which on something holds up to the end."""
    first: int | None = None
    for place in range(len(way) - 1, -1, -1):
        shape = way[place][1]
        if shape is None or not holds(shape):
            break
        first = place
    return first


def _step(node: Node, tensor: Tensor, source: Source) -> Step:
    layer = node.layer
    row = _row(node.site, source)
    return Step(row if row is not None else _row(layer.site, source), layer.name, layer.cls, shape_text(tensor.shape))


def _step_of(node: Node, source: Source, note: str = "") -> Step:
    shapes = ", ".join(shape_text(tensor.shape) for tensor in node.outputs[:_MAX_PARTS])
    return Step(_row(node.site, source), node.layer.name, node.layer.cls, REFUSED if node.refused else shapes, note)


def shape_text(shape: Shape | Unknown) -> str:
    """A shape, or `?` where it is not known."""
    return "?" if isinstance(shape, Unknown) else format_shape(shape)


def _last_call_of(name: str, program: Program) -> Node | None:
    """The last call of the layer of a name, as Keras numbers them in a process of its own."""
    for layer in reversed(program.layers):
        if layer.name == name and layer.calls and not isinstance(layer, Network) and layer.calls[-1].inputs:
            return layer.calls[-1]
    return None


# -- training ---------------------------------------------------------------------------------------------------------


def _compare(known: Knowledge, call: TrainCall, source: Source) -> None:
    """Data against model."""
    raw = raw_data(call.arguments)
    _add_data(known, "x", raw.x, call, source, 0)
    if call.method not in ("predict", "predict_on_batch"):
        _add_data(known, "y", raw.y, call, source, 1)
    for tensor in call.inputs[:_MAX_PARTS]:
        name = f" {tensor.node.layer.name}" if len(call.inputs) > 1 and tensor.node is not None else ""
        row = _row(tensor.node.site, source) if tensor.node is not None else None
        known.data.append(Fact(f"the model expects{name}", shape_text(tensor.shape), _kind(tensor.dtype), row))
    for tensor in call.outputs[:_MAX_PARTS]:
        node = tensor.node
        known.data.append(
            Fact(
                "the model returns",
                shape_text(tensor.shape),
                f"{node.layer.name} ({node.layer.cls})" if node is not None else "",
                _row(node.site or node.layer.site, source) if node is not None else None,
            )
        )
    if call.compiled is not None and (loss := _written(call.compiled.arguments, "loss", 1, source)):
        known.data.append(Fact("the loss", loss, "", _row(call.compiled.site, source)))


def _add_data(known: Knowledge, name: str, value: Any, call: TrainCall, source: Source, position: int) -> None:
    written = _written(call.arguments, name, position, source)
    row = _assignment(written, source, _row(call.site, source)) if written else None
    what = f"{name}={written}" if written and written != name else name
    if not written and value is not None:
        what = f"{name} (from the dataset)"
    for part in _arrays(value):
        texts = _columns_of_text(part)
        known.data.append(Fact(what, shape_text(part.shape), texts or _kind(part.dtype), row))


def _columns_of_text(array: Array) -> str:
    """The columns of a frame that surely hold text."""
    if array.kind != "frame" or array.labels is None:
        return ""
    series = array.labels.series
    labels = series if array.columns is None else [label for label in array.columns if label in series]
    texts = [str(label) for label in labels if series[label][0] in ("str", "object")]
    more = ", ..." if len(texts) > _MAX_PARTS else ""
    return f"with text in {', '.join(texts[:_MAX_PARTS])}{more}" if texts else ""


def _arrays(value: Any) -> Iterator[Array]:
    items: Iterable[Any] = [value]
    if isinstance(value, (dict, list, tuple)):
        items = value.values() if isinstance(value, dict) else value
    for number, item in enumerate(items):
        if number < _MAX_PARTS and isinstance(item, Array) and not isinstance(item.shape, Unknown):
            yield item


def _kind(dtype: str | Unknown) -> str:
    return "" if isinstance(dtype, Unknown) else dtype


def _written(arguments: Any, name: str, position: int, source: Source) -> str | None:
    """An argument as the source has it, where that is short."""
    given = arguments.get(name, position)
    if not isinstance(given, Given) or given.node is None:
        return None
    try:
        text = " ".join(source.code_for(given.node.value).split())
    except (LookupError, AttributeError, ValueError):
        return None
    return text if len(text) <= 50 else None


def _assignment(name: str, source: Source, before: int | None) -> int | None:
    """The last row above that assigns a variable: in the function of that row, or else at the top of the module."""
    if not name.isidentifier() or before is None:
        return None
    in_function = _indent(source.line(before)) > 0
    for row in range(before - 1, 0, -1):
        line = source.line(row)
        if in_function and _DEFINITION.match(line) and _indent(line) < _indent(source.line(before)):
            if re.search(rf"\b{name}\b", line):
                return None  # a parameter
            in_function = False
        is_at_top = _indent(line) == 0 or bool(source.cells and source.written_line(row)[:1] == "%")
        left, equals, right = line.partition("=")
        if not equals or right.startswith("=") or not (in_function or is_at_top):
            continue
        if name in [part.strip(" ()[]*") for part in re.split("[,;]", left)]:
            return row
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


_DEFINITION = re.compile(r"\s*(?:async )?(?:def|class) ")


#: The rule about figures that a training does not compute.
FIGURES = "KC428"


def _figures(paths: Sequence[Program], groups: Groups) -> list[str]:
    """What the latest `fit` computes, by name; nothing where that is not known."""
    from kerascheck.data.training import raw_validation_data
    from kerascheck.rules._figures import figures

    if not groups.get("name"):
        return []
    fits = [call for program in paths for call in program.trainings if call.method == "fit" and call.compiled]
    if not fits or fits[-1].compiled is None:
        return []
    found = figures(fits[-1].compiled)
    if not found:
        return []
    names = [figure.name for figure in found]
    split = fits[-1].arguments.get("validation_split")
    tested = raw_validation_data(fits[-1].arguments) is not None or isinstance(split, Given)
    return [*names, *(f"val_{name}" for name in names)] if tested else names


# -- findings and places ----------------------------------------------------------------------------------------------


def _findings(
    diagnostics: Sequence[Diagnostic], source: Source, stretches: Sequence[tuple[int, int]], rules: Sequence[str]
) -> tuple[list[Diagnostic], bool]:
    """The findings at the place, or else those in the file of the kind that the message is of; whether the latter."""

    def rank(item: Diagnostic) -> tuple[bool, bool]:
        return (item.code not in rules, item.severity is not Severity.ERROR)

    for first, last in stretches:
        here = [
            item
            for item in diagnostics
            if first <= _whole_row(item, source) <= last and (item.code in rules or item.severity is Severity.ERROR)
        ]
        if here:
            return sorted(here, key=rank)[:_MAX_FINDINGS], False
    same = [item for item in diagnostics if item.code in rules]
    return sorted(same, key=rank)[:_MAX_FINDINGS], True


def _whole_row(item: Diagnostic, source: Source) -> int:
    return item.span.start.row if item.cell is None else source.rows_of_cell(item.cell)[0] + item.span.start.row - 1


def _statement(source: Source, row: int) -> tuple[int, int]:
    """The rows of the statement that a row belongs to."""
    line = source.logical_line(row) if row <= len(source.line_starts) else None
    if line is None:
        return row, row
    return source.position(line[0]).row, source.position(line[1]).row


def _is_within(source: Source, site: Site, stretch: tuple[int, int]) -> bool:
    row = _row(site, source)
    return row is not None and stretch[0] <= row <= stretch[1]


def _row(site: Site | None, source: Source) -> int | None:
    """The row of a place in the whole text of this source."""
    if site is None or site.file is not source:
        return None
    try:
        row: int = source.locate(site.node).start.row
    except LookupError:
        return None
    return row

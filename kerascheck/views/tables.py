"""Models as tables, the way `model.summary()` prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from kerascheck.machine.keras.tensors import Operation
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import InputLayer, Layer, Node
from kerascheck.network.networks import Network
from kerascheck.network.reasons import why_inexact
from kerascheck.placing import why_unclear
from kerascheck.symbolic.unknown import Undetermined, Unknown
from kerascheck.text.escaping import rich_text
from kerascheck.views.cost import lines_of, size_text
from kerascheck.views.summary import listed_shapes, shapes_of

if TYPE_CHECKING:
    from kerascheck.views.cost import LayerCost, ModelCost
    from kerascheck.views.summary import Count, ModelSummary, Shapes

_UNKNOWN = "?"
_WIDTH = 200  # of a table that is not shown on a terminal
_MAX_REASONS = 5  # why something is not counted
_SIZES = {"float64": 8, "float16": 2, "bfloat16": 2}


class Row(NamedTuple):
    """One row, as text."""

    name: str
    cls: str
    shape: str
    params: str
    frozen: bool
    connected: str
    mark: str | None  # why it is not exact
    cost: tuple[str, str] | None = None  # multiply-adds and activations, where they are asked for


class Table(NamedTuple):
    """One model, as text."""

    place: str  # as findings are written: path, cell, row
    name: str  # the name that Keras gives it
    variable: str | None  # where it is another
    cls: str
    status: str
    reason: str | None  # why it is not exact
    advice: str | None  # what would make it so
    graph: bool  # whether `connected` says something
    rows: list[Row]
    totals: list[tuple[str, str, str]]  # title, count, size in memory
    costs: list[tuple[str, str]] | None = None  # title and text, where they are asked for
    not_counted: tuple[str, ...] = ()  # why the costs are lower bounds


def table_of(model: ModelSummary) -> Table:
    """The table of a model: a row for each layer, the totals, and why something in it is not known exactly."""
    network = model.network
    cell = f"cell {model.cell}:" if model.cell is not None else ""
    name = network.name
    unclear = why_unclear(network, model.filename) if model.status != "exact" else None
    counts = (model.total_params, model.trainable_params, model.non_trainable_params)
    return Table(
        f"{model.filename}:{cell}{model.row}",
        name,
        model.name if model.name != name else None,
        model.cls,
        model.status,
        unclear.why if unclear is not None else None,
        unclear.advice if unclear is not None else None,
        is_graph(network),
        list(rows_of(network, model.cost)),
        [
            (title, count_text(count), size)
            for title, count, size in zip(("Total", "Trainable", "Non-trainable"), counts, _sizes(network), strict=True)
        ],
        lines_of(model.cost) if model.cost is not None else None,
        model.cost.missing if model.cost is not None else (),
    )


def model_table(model: ModelSummary, stream: TextIO, colour: bool) -> None:
    """Write one model: a title, the table of its layers, the totals, and why something in it is not known exactly."""
    write_table(table_of(model), stream, colour)


def write_table(shown: Table, stream: TextIO, colour: bool) -> None:
    """Write the table of a model."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console(
        file=stream,
        highlight=False,
        no_color=not colour,
        force_terminal=colour or None,
        force_jupyter=False,  # in a kernel, too, the table goes where it is told to
        width=None if stream.isatty() else _WIDTH,
    )
    variable = f" {shown.variable}" if shown.variable is not None else ""
    console.print(
        f"[bold]Model: {rich_text(chr(34) + shown.name + chr(34))}[/] "
        f"({rich_text(shown.cls)}, {shown.status}) {rich_text(f'{shown.place}{variable}')}",
        soft_wrap=True,
    )
    table = RichTable(box=box.HEAVY_HEAD, show_lines=True)
    table.add_column("Layer (type)", overflow="fold")
    table.add_column("Output Shape", overflow="fold")
    table.add_column("Param #", justify="right", overflow="fold")
    if shown.costs is not None:
        table.add_column("Multiply-adds", justify="right", overflow="fold", min_width=len("Multiply-adds"))
        table.add_column("Activations", justify="right", overflow="fold", min_width=len("Activations"))
    if shown.graph:
        table.add_column("Connected to", overflow="fold")
    notes: dict[str, int] = {}
    for row in shown.rows:
        mark = f" [yellow]*{notes.setdefault(row.mark, len(notes) + 1)}[/]" if row.mark is not None else ""
        frozen = " [cyan](frozen)[/]" if row.frozen else ""
        cells = [
            f"{rich_text(row.name)} ([blue]{rich_text(row.cls)}[/]){frozen}{mark}",
            rich_text(row.shape),
            f"[green]{rich_text(row.params)}[/]",
            *(map(rich_text, row.cost) if row.cost is not None else ("-", "-") if shown.costs is not None else ()),
        ]
        table.add_row(*cells, *([rich_text(row.connected)] if shown.graph else []))
    if shown.rows:
        console.print(table)
    for title, count, size in shown.totals if shown.rows else ():
        console.print(f"[bold] {title} params:[/] [green]{rich_text(count)}[/]{size}", soft_wrap=True)
    for title, text in shown.costs or ():
        console.print(f"[bold] {rich_text(title)}:[/] [green]{rich_text(text)}[/]", soft_wrap=True)
    if shown.not_counted:
        console.print(" This is a lower bound. Not counted:", soft_wrap=True)
        for reason in shown.not_counted[:_MAX_REASONS]:
            console.print(f"   {rich_text(reason)}", soft_wrap=True)
        if len(shown.not_counted) > _MAX_REASONS:
            console.print(f"   ... and {len(shown.not_counted) - _MAX_REASONS} more", soft_wrap=True)
    if shown.reason is not None:
        console.print(f" {shown.status}: {rich_text(shown.reason)}", soft_wrap=True)
    if shown.advice is not None:
        console.print(f" help: {rich_text(shown.advice)}", soft_wrap=True)
    for reason, number in notes.items():
        console.print(f" [yellow]*{number}[/] {rich_text(reason)}", soft_wrap=True)
    console.print()


# -- rows -----------------------------------------------------------------------------------------------------------


def listed(network: Network) -> list[Layer]:
    """What the table of a model lists: its layers and, in a graph, the operations on tensors between them."""
    shown = [layer for layer in network.layers if not (network.is_sequential and isinstance(layer, InputLayer))]
    if network.kind != "functional":
        return shown
    order: dict[int, Layer] = {}

    def place(layer: Layer) -> None:
        """The layer, behind the operations that lead to it."""
        if id(layer) in order:
            return
        for node in nodes.get(id(layer), ()):
            for tensor in node.inputs:
                if tensor.node is not None and isinstance(tensor.node.layer, Operation):
                    place(tensor.node.layer)
        order[id(layer)] = layer

    nodes = _nodes_of(network)
    for layer in shown:
        place(layer)
    for node in network.nodes:
        place(node.layer)
    return list(order.values())


def _nodes_of(network: Network) -> dict[int, list[Node]]:
    """The calls in the network, by the id of their layer."""
    nodes: dict[int, list[Node]] = {}
    for node in network.nodes:
        nodes.setdefault(id(node.layer), []).append(node)
    return nodes


def is_graph(network: Network) -> bool:
    """Whether the model is more than a chain of layers, so that Keras prints what is connected to what."""
    if network.kind != "functional":
        return False
    taken: set[int] = set()
    called: set[int] = set()
    for node in network.nodes:
        if len(node.inputs) > 1 or id(node.layer) in called:
            return True
        called.add(id(node.layer))
        for tensor in node.inputs:
            if id(tensor) in taken:
                return True
            taken.add(id(tensor))
    return len(network.inputs) > 1 or len(network.outputs) > 1


def rows_of(network: Network, costs: ModelCost | None = None) -> Iterator[Row]:
    """The rows of the table of a model."""
    nodes = _nodes_of(network)
    for layer in listed(network):
        params = layer.params()
        connected = [
            f"{tensor.node.layer.name}[{_index(tensor.node)}][{tensor.index}]"
            for node in nodes.get(id(layer), ())
            for tensor in node.inputs
            if tensor.node is not None
        ]
        yield Row(
            layer.name,
            layer.cls,
            shapes_text(shapes_of(listed_shapes(layer))),
            _UNKNOWN
            if isinstance(params, Unknown)
            else count_text(str(params) if isinstance(params, SymDim) else params),
            not layer.trainable and params != 0,
            ", ".join(connected) or "-",
            why_inexact(layer),
            _cost(costs.layers.get(id(layer))) if costs is not None else None,
        )


def _cost(cost: LayerCost | None) -> tuple[str, str]:
    return ("-", "-") if cost is None else (count_text(cost.multiply_adds), size_text(cost.activations))


def _index(node: Node) -> int:
    """Which call of its layer a node is."""
    return next((index for index, call in enumerate(node.layer.calls) if call is node), 0)


# -- numbers --------------------------------------------------------------------------------------------------------


def count_text(count: Count) -> str:
    """A count for people; a question mark where it is not known."""
    return _UNKNOWN if count is None else f"{count:,}" if isinstance(count, int) else count


def shapes_text(shapes: Shapes) -> str:
    """One shape or several as Python prints tuples; a question mark where they are not known."""
    if shapes is None:
        return _UNKNOWN
    return ", ".join(map(_shape, shapes)) if shapes and isinstance(shapes[0], list) else _shape(shapes)


def _shape(shape: list[Any]) -> str:
    inner = ", ".join(str(dim) for dim in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def _sizes(network: Network) -> tuple[str, str, str]:
    """What all, the trainable and the other parameters take in memory, each in parentheses; empty if not known."""
    trainable = frozen = 0
    seen: set[int] = set()
    try:
        for layer in _leaves(network):
            size = _SIZES.get(str(layer.config.get("dtype")), 4)
            for weight, trains in layer.all_weights():
                if id(weight) in seen:
                    continue
                seen.add(id(weight))
                if isinstance(weight.count, SymDim):
                    return "", "", ""
                if trains and network.trainable:
                    trainable += weight.count * size
                else:
                    frozen += weight.count * size
        network.all_weights()
    except Undetermined:
        return "", "", ""
    return _memory(trainable + frozen), _memory(trainable), _memory(frozen)


def _leaves(network: Network, around: tuple[Network, ...] = ()) -> Iterator[Layer]:
    """The layers in the network and in those that it contains; one that contains itself is looked into once."""
    around = (*around, network)
    for layer in network.layers:
        if isinstance(layer, Network) and layer.trainable and network.trainable:
            if not any(layer is one for one in around):
                yield from _leaves(layer, around)
        else:
            yield layer


def _memory(size: float) -> str:
    """` (397.54 KB)`, as Keras writes it."""
    units = ["B", "KB", "MB", "GB", "TB", "PB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f" ({size:.2f} {units[0]})"

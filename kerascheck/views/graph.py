"""`kerascheck graph`: the architecture of one model, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerascheck.diagnostics import Diagnostic, Position, Severity
from kerascheck.machine.keras.tensors import Operation
from kerascheck.network.ir import InputLayer, Layer, Node, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, Program, TrainCall
from kerascheck.symbolic.unknown import Unknown
from kerascheck.views.summary import shapes_of
from kerascheck.views.tables import count_text, listed, shapes_text

if TYPE_CHECKING:
    from kerascheck.project.source import Source
    from kerascheck.views.summary import ModelSummary

_RANK = {Severity.ERROR: 2, Severity.WARNING: 1, Severity.INFO: 0}


@dataclass
class Box:
    """One layer of the picture."""

    name: str
    cls: str
    shape: str
    params: str  # empty where there are none
    family: str
    frozen: bool
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def severity(self) -> Severity | None:
        """The worst of its findings."""
        return max((finding.severity for finding in self.findings), key=_RANK.__getitem__, default=None)

    @property
    def codes(self) -> str:
        """The codes of its findings."""
        return " ".join(dict.fromkeys(finding.code for finding in self.findings))


@dataclass(frozen=True)
class Architecture:
    """Boxes and the arrows between them, by position in `boxes`."""

    title: str
    subtitle: str
    boxes: list[Box]
    arrows: list[tuple[int, int]]
    notes: list[Diagnostic] = field(default_factory=list)  # findings about the model that no layer has


def architecture(
    model: ModelSummary,
    network: Network,
    source: Source,
    findings: Iterable[Diagnostic],
    sites: Sequence[Site] | None = (),
) -> Architecture:
    """The picture of a model, the findings at the layers where they are reported.

    Those in the calls at `sites`, which are about the model and no layer of it, become notes; with None, all others do.
    """
    boxes, arrows, notes = _connected(listed(network), network.nodes, source, findings, sites)
    total = count_text(model.total_params)
    return Architecture(
        f"{model.name or network.name} ({model.cls})",
        f"{total} parameters, {count_text(model.trainable_params)} trainable; {model.status}",
        boxes,
        arrows,
        notes,
    )


def architecture_of_layers(
    title: str, program: Program, source: Source, findings: Iterable[Diagnostic]
) -> Architecture:
    """The picture of all layers that a program calls, also where it does not get to a model of them."""
    layers = [layer for layer in program.layers if layer.calls or isinstance(layer, InputLayer)]
    nodes = [node for layer in layers for node in layer.calls]
    boxes, arrows, _ = _connected(layers, nodes, source, findings, ())
    return Architecture(title, "", boxes, arrows)


def _connected(
    layers: Sequence[Layer],
    nodes: Iterable[Node],
    source: Source,
    findings: Iterable[Diagnostic],
    sites: Sequence[Site] | None,
) -> tuple[list[Box], list[tuple[int, int]], list[Diagnostic]]:
    """The boxes of layers, the arrows that calls make, and the findings that no layer has."""
    numbers = {id(layer): number for number, layer in enumerate(layers)}
    nodes = list(nodes)
    boxes = [_box(layer) for layer in layers]
    arrows: dict[tuple[int, int], None] = {}
    for node in nodes:
        for tensor in node.inputs:
            before = tensor.node.layer if tensor.node is not None else None
            if before is not None and id(before) in numbers and id(node.layer) in numbers:
                arrows[numbers[id(before)], numbers[id(node.layer)]] = None
    places = [layer.site for layer in layers]
    calls = [node for node in nodes if id(node.layer) in numbers]
    notes: list[Diagnostic] = []
    for finding in findings:
        numbers_of_finding = _places(finding, places, source) or [  # of a layer that is called somewhere else
            numbers[id(calls[number].layer)] for number in _places(finding, [node.site for node in calls], source)
        ]
        for number in numbers_of_finding:
            boxes[number].findings.append(finding)
        if not numbers_of_finding and (sites is None or _places(finding, sites, source)):
            notes.append(finding)
    return boxes, list(arrows), notes


def sites_of(network: Network, programs: Iterable[Program]) -> list[Site]:
    """The calls that make, compile and train the model, under whatever conditions."""
    if network.site is None:
        return []
    found = {network.site.key: network.site}
    for program in programs:
        calls: list[CompileCall | TrainCall] = [*program.compiles, *program.trainings]
        for call in calls:
            if call.network.site is not None and call.network.site.key == network.site.key:
                found[call.site.key] = call.site
    return list(found.values())


def _box(layer: Layer) -> Box:
    params = layer.params()
    text = (
        "? parameters" if isinstance(params, Unknown) else "" if params == 0 else f"{count_text_of(params)} parameters"
    )
    shape = shapes_text(shapes_of(layer.output_shapes()))
    return Box(layer.name, layer.cls, shape, text, _family(layer), not layer.trainable and params != 0)


def count_text_of(params: object) -> str:
    """A count of parameters, known or symbolic."""
    return f"{params:,}" if isinstance(params, int) else str(params)


def _family(layer: Layer) -> str:
    """Which kind of layer it is, for its colour: the module of its definition."""
    if isinstance(layer, InputLayer):
        return "input"
    if isinstance(layer, Network):
        return "network"
    if isinstance(layer, Operation):
        return "operation"
    definition = getattr(layer, "definition", None)
    return type(definition).__module__.rpartition(".")[2] if definition is not None else "custom"


def _places(finding: Diagnostic, sites: Sequence[Site | None], source: Source) -> list[int]:
    """The calls that hold the finding, by position in `sites`; of nested calls the innermost."""
    best: list[int] = []
    innermost: Position | None = None
    for number, site in enumerate(sites):
        if site is None or site.file is not source:
            continue
        span = source.locate(site.node)
        cell, first = source.in_cell(span.start.row)
        start = Position(first, span.start.column)
        end = Position(first + span.end.row - span.start.row, span.end.column)
        if cell != finding.cell or not start <= finding.span.start < end:
            continue
        if innermost is None or start > innermost:
            best, innermost = [number], start
        elif start == innermost:
            best.append(number)
    return best

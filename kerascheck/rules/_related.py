"""Where the things were made that do not go together: the other places of a finding (`Finding.related`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import libcst as cst

from kerascheck.machine.static import outline_of
from kerascheck.network.dims import format_shape
from kerascheck.network.events import FileCall, TrainableSet
from kerascheck.network.ir import Layer, Site, Tensor, Weight
from kerascheck.network.networks import Network
from kerascheck.network.program import CompileCall, Program, TrainCall
from kerascheck.rules._code import bound_names, holds, names_of_target
from kerascheck.rules._outputs import Output
from kerascheck.symbolic.unknown import Undetermined, Unknown

#: A place, and what is there.
Place: TypeAlias = tuple[Site, str]

#: Places of one kind that are shown.
_MOST = 4

_ASSIGNING = (cst.AssignTarget, cst.AugAssign, cst.AnnAssign, cst.For, cst.NamedExpr)


def made_tensors(tensors: Iterable[Tensor]) -> Iterator[Place]:
    """The calls that made tensors."""
    for tensor in list(tensors)[:_MOST]:
        node = tensor.node
        site = (node.site or node.layer.site) if node is not None else None
        if node is not None and site is not None and not isinstance(tensor.shape, Unknown):
            yield site, f"{node.layer.title} outputs {format_shape(tensor.shape)}"


def made_layer(layer: Layer | None) -> Iterator[Place]:
    """Where the program makes a layer or model."""
    if layer is not None and layer.site is not None:
        yield layer.site, f"{layer.title} is created here"


def last_layer(output: Output) -> Iterator[Place]:
    """The layer that an output comes from."""
    layer = output.layer
    if layer is None or layer.site is None:
        return
    facts = []
    if isinstance(output.units, int):
        facts.append(f"{output.units} unit{'' if output.units == 1 else 's'}")
    if isinstance(output.activation, str):
        facts.append("no activation" if output.activation == "linear" else output.activation)
    yield layer.site, f"the output comes from {layer.title}" + (f": {', '.join(facts)}" if facts else "")


def compiling(call: CompileCall | None) -> Iterator[Place]:
    """Where the model got its loss."""
    if call is not None:
        yield call.site, f"{call.network.variable or call.network.name!r} is compiled here"


def trained(call: TrainCall) -> Iterator[Place]:
    """Where the model is trained."""
    yield call.site, f"{call.network.variable or call.network.name!r} is trained here"


def assigned(site: Site) -> Iterator[Place]:
    """Where the variable that stands at a place got its value, if a single statement of its function assigns it."""
    node = site.node.value if isinstance(site.node, cst.Arg) else site.node
    if not isinstance(node, cst.Name):
        return
    outline = outline_of(site.file)
    around = [one for one in outline.below(site.file.tree, cst.FunctionDef) if holds(one, site)]
    scope = around[-1] if around and node.value in bound_names(site.file, around[-1]) else site.file.tree
    targets = [
        part.target
        for part in outline.own(scope, *_ASSIGNING)
        if isinstance(part, _ASSIGNING) and node.value in names_of_target(part.target)
    ]
    if len(targets) == 1:
        yield Site(site.file, targets[0]), f"{node.value!r} is assigned here"


def set_trainable(
    program: Program, weights: frozenset[Weight], since: TrainCall | None, until: TrainCall
) -> Iterator[Place]:
    """Where `trainable` of the layers with these weights was set between two training calls."""
    calls = program.trainings
    first, last = calls.index(since) + 1 if since is not None else 0, calls.index(until)
    told: set[tuple[int, int]] = set()
    for event in program.events:
        if not isinstance(event, TrainableSet) or not first <= event.trainings <= last or event.site.key in told:
            continue
        if len(told) < _MOST and not weights.isdisjoint(_weights(event.layer)):
            told.add(event.site.key)
            yield event.site, f"trainable of {event.layer.name!r} is set here"


def _weights(layer: Layer) -> list[Weight]:
    try:
        return [weight for weight, _ in layer.all_weights()]
    except Undetermined:
        return []


def saved(program: Program, load: FileCall, network: Network) -> Iterator[Place]:
    """Where the file that is read was written."""
    writes = [
        event
        for event in program.events[: program.events.index(load)]
        if isinstance(event, FileCall) and event.network is network and event.path == load.path and "save" in event.verb
    ]
    if writes:
        yield writes[-1].site, "the file is written here"

"""From an analysis to the facts that the server keeps."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kerascheck.diagnostics import Position, Span
from kerascheck.integrations.lsp.facts import Build, Findings, LayerFact, ModelFact, Structure
from kerascheck.machine.keras.tensors import Operation
from kerascheck.network.cost import cost_of_call
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import InputLayer, Layer
from kerascheck.network.networks import Network
from kerascheck.network.reasons import why_inexact
from kerascheck.placing import why_unclear
from kerascheck.project.source import SYNTAX_ERROR
from kerascheck.symbolic.unknown import Undetermined, Unknown
from kerascheck.views.summary import listed_shapes, shapes_of, summarize
from kerascheck.views.tables import count_text, shapes_text

if TYPE_CHECKING:
    from kerascheck.engine import Examination
    from kerascheck.network.ir import Site
    from kerascheck.network.program import Program
    from kerascheck.project.source import Source
    from kerascheck.views.summary import Count, ModelSummary, Shapes

#: Different layers of one call that are kept; a loop may build thousands.
_MAX_BUILDS = 30

_Key = tuple[int, int]


def findings(examination: Examination, problem: str | None = None) -> Findings:
    """What is said about a text, and what is wrong with the configuration."""
    report = examination.report
    modules = tuple(dict.fromkeys(os.path.abspath(name) for name in report.modules))
    is_broken = examination.analysis is None and any(found.code == SYNTAX_ERROR for found in report.diagnostics)
    return Findings(tuple(report.diagnostics), modules, is_broken, problem, report.incomplete)


def structure(examination: Examination) -> Structure:
    """What a text builds: nothing where it could not be read so far."""
    source, analysis = examination.source, examination.analysis
    if source is None or analysis is None:
        return Structure()
    keys, layers = _layers(analysis.paths, source)
    models = [_model(number, model, source, keys) for number, model in enumerate(summarize(source, analysis))]
    return Structure(tuple(layers), tuple(models))


# -- layers ---------------------------------------------------------------------------------------------------------


def _layers(paths: Sequence[Program], source: Source) -> tuple[dict[_Key, int], list[LayerFact]]:
    """What each call of the source builds, in the order of the source, and its place by the key of its site."""
    sites: dict[_Key, Site] = {}
    by_site: dict[_Key, dict[str | None, list[list[Layer]]]] = {}
    for program in paths:
        on_path: dict[_Key, list[Layer]] = {}
        for layer in (*program.layers, *filter(_is_ready_made(source), program.networks)):
            if layer.site is not None and layer.site.file is source and not isinstance(layer, Operation):
                sites[layer.site.key] = layer.site
                on_path.setdefault(layer.site.key, []).append(layer)
        for key, layers in on_path.items():
            by_site.setdefault(key, {}).setdefault(program.start, []).append(layers)
    facts = [(key, _layer(sites[key], starts, source)) for key, starts in by_site.items()]
    facts.sort(key=lambda item: (item[1].cell or 0, item[1].span))
    return {key: place for place, (key, _) in enumerate(facts)}, [fact for _, fact in facts]


class _is_ready_made:
    """Whether a network is made elsewhere, such as those of `keras.applications`: it is shown as one layer."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __call__(self, network: Network) -> bool:
        return bool(network.layers) and not any(
            layer.site is not None and layer.site.file is self._source for layer in network.layers
        )


def _layer(site: Site, starts: dict[str | None, list[list[Layer]]], source: Source) -> LayerFact:
    """One call. What the functions that nobody calls would build counts where the module itself does not come."""
    runs = [starts[None]] if None in starts else list(starts.values())
    builds: list[Build] = []
    seen: set[object] = set()
    count, agreed = 0, True
    shown = runs[0][0]
    for run in runs:
        first = [_build(layer) for layer in _proper(run[0])]
        count = max(count, len(first))
        for path in run[1:]:
            agreed = agreed and [_build(layer).seen for layer in _proper(path)] == [build.seen for build in first]
        for build in first:
            if build.seen not in seen and len(builds) < _MAX_BUILDS:
                seen.add(build.seen)
                builds.append(build)
            elif builds and build.seen != builds[-1].seen and len(builds) == _MAX_BUILDS:
                builds[-1] = build
    span = source.locate(site.node)
    behind = _behind(shown[0], span, source)
    return LayerFact(*_within(source, span), _point(source, behind), shown[0].cls, tuple(builds), count, agreed)


def _proper(layers: list[Layer]) -> list[Layer]:
    """The layers themselves where Keras puts an input layer in front of one."""
    return [layer for layer in layers if not isinstance(layer, InputLayer)] or layers


def _behind(layer: Layer, span: Span, source: Source) -> Position:
    """Where the expression ends that makes the layer: behind `(x)` where it is called on the spot."""
    end = span.end
    for node in layer.calls:
        if node.site is not None and node.site.file is source and node.site is not layer.site:
            call = source.locate(node.site.node)
            if call.start == span.start and call.end > end:
                end = call.end
    return end


def _build(layer: Layer) -> Build:
    params, shapes = layer.params(), listed_shapes(layer)
    inputs = [tensor.shape for tensor in layer.calls[-1].inputs] if layer.calls else []
    return Build(
        name=layer.name,
        inputs=_text(shapes_of(inputs)) if inputs else None,
        output=_text(shapes_of(shapes)),
        params=None
        if isinstance(params, Unknown)
        else count_text(str(params) if isinstance(params, SymDim) else params),
        formula=_formula(layer),
        status=layer.status(),
        reason=why_inexact(layer),
        connected=tuple(_connected(layer)),
        cost=_cost(layer),
    )


def _cost(layer: Layer) -> str | None:
    """The multiply-adds of the latest call and what it keeps; None where nothing is to be said."""
    if not layer.calls or isinstance(layer, (InputLayer, Network)) or not layer.calls[-1].inputs:
        return None
    cost = cost_of_call(layer.calls[-1])
    if cost.missing:
        return None
    products, values = (count_text(str(n) if isinstance(n, SymDim) else n) for n in (cost.products, cost.values))
    return f"{products} multiply-adds, {values} numbers kept for training"


def _text(shapes: Shapes) -> str | None:
    return None if shapes is None else shapes_text(shapes)


def _connected(layer: Layer) -> Iterator[str]:
    """The names of the layers that feed it."""
    for node in layer.calls:
        for tensor in node.inputs:
            if tensor.node is not None:
                yield tensor.node.layer.name


def _formula(layer: Layer) -> str | None:
    """How the parameters come about: `3·3·1·32 + 32 = 320`; None where they are none, or not known."""
    if isinstance(layer, Network):
        return None
    try:
        weights = [weight for weight, _ in layer.all_weights()]
        total = layer.params()
        if not weights or isinstance(total, Unknown):
            return None
        terms = ["·".join(_factor(size) for size in weight.shape) or "1" for weight in weights]
    except Undetermined:
        return None
    return f"{' + '.join(terms)} = {count_text(str(total) if isinstance(total, SymDim) else total)}"


def _factor(size: object) -> str:
    text = str(size)
    return f"({text})" if isinstance(size, SymDim) and " " in text else text


# -- models ---------------------------------------------------------------------------------------------------------


def _model(number: int, model: ModelSummary, source: Source, keys: dict[_Key, int]) -> ModelFact:
    network, own = model.network, model.site
    unclear = why_unclear(network, source.filename)
    sites = [layer.site.key for layer in network.layers if layer.site is not None]
    return ModelFact(
        *_within(source, source.locate(own.node)),
        row=model.row,
        number=number,
        name=model.name,
        cls=model.cls,
        status=model.status,
        output=_text(model.output_shape),
        total=_known(model.total_params),
        trainable=_known(model.trainable_params),
        reason=unclear.why if unclear is not None else None,
        layers=tuple(dict.fromkeys(keys[key] for key in sites if key in keys and key != own.key)),
    )


def _known(count: Count) -> str | None:
    return None if count is None else count_text(count)


# -- places ---------------------------------------------------------------------------------------------------------


def _within(source: Source, span: Span) -> tuple[int | None, Span]:
    """The cell of a notebook that holds the span, and the span counted within it."""
    cell, row = source.in_cell(span.start.row)
    before = span.start.row - row
    start, end = Position(row, span.start.column), Position(span.end.row - before, span.end.column)
    return cell, Span(start, end)


def _point(source: Source, position: Position) -> Span:
    _, row = source.in_cell(position.row)
    return Span(Position(row, position.column), Position(row, position.column))

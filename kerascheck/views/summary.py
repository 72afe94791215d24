"""`model.summary()` of every model that a source builds, without running it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from kerascheck.network.dims import SymDim
from kerascheck.network.ir import InputLayer, Layer
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Undetermined, Unknown

if TYPE_CHECKING:
    from kerascheck.machine import Analysis
    from kerascheck.network.dims import Int, Shape
    from kerascheck.network.ir import Site
    from kerascheck.network.program import Program
    from kerascheck.project.source import Source
    from kerascheck.views.cost import LayerCost, ModelCost

#: A count, a symbolic count as its text, or not known.
Count: TypeAlias = int | str | None
#: One shape or several, as JSON has them; None where not known.
Shapes: TypeAlias = list[Any] | None


@dataclass(frozen=True)
class LayerRow:
    """One row of the table."""

    name: str | None
    cls: str
    row: int | None
    output_shape: Shapes
    params: Count
    trainable: bool | None
    status: str
    cost: LayerCost | None = None  # where it is asked for

    def as_dict(self) -> dict[str, Any]:
        """The row under the names that JSON uses."""
        return {
            "name": self.name,
            "class": self.cls,
            "row": self.row,
            "output_shape": self.output_shape,
            "params": self.params,
            "trainable": self.trainable,
            "status": self.status,
            **({"cost": self.cost.as_dict()} if self.cost is not None else {}),
        }


@dataclass(frozen=True)
class ModelSummary:
    """One model, as one combination of the conditions that decide about it makes it."""

    filename: str
    row: int
    cell: int | None
    name: str | None
    cls: str
    status: str
    input_shape: Shapes
    output_shape: Shapes
    layers: list[LayerRow]
    total_params: Count
    trainable_params: Count
    non_trainable_params: Count
    network: Network = field(compare=False, repr=False)
    site: Site = field(compare=False, repr=False)
    cost: ModelCost | None = None  # where it is asked for

    def as_dict(self) -> dict[str, Any]:
        """The summary under the names that JSON uses."""
        return {
            "filename": self.filename,
            "row": self.row,
            "cell": self.cell,
            "name": self.name,
            "class": self.cls,
            "status": self.status,
            "input_shape": self.input_shape,
            "output_shape": self.output_shape,
            "layers": [layer.as_dict() for layer in self.layers],
            "total_params": self.total_params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            **({"cost": self.cost.as_dict()} if self.cost is not None else {}),
        }


def summarize(source: Source, analysis: Analysis) -> list[ModelSummary]:
    """The models that the file itself builds, in the order of the source.

    A construction that builds different models gives each of them once. What the functions that nobody calls would
    build counts where the module itself does not come, and what stands behind a fault where no combination of the
    conditions comes without one.
    """
    by_site: dict[tuple[int, int], dict[str | None, dict[bool, list[ModelSummary]]]] = {}
    for program in analysis.paths:
        if program.doubts:
            continue
        for network in program.networks:
            if network.site is not None and network.site.file is source:
                starts = by_site.setdefault(network.site.key, {})
                behind = program.fault is not None and max(network.birth, network.changed) > program.fault
                kinds = starts.setdefault(program.start, {})
                kinds.setdefault(behind, []).append(summarize_network(network, source))
    found: list[ModelSummary] = []
    for by_start in by_site.values():
        reached = {start: kinds.get(False) or kinds[True] for start, kinds in by_start.items()}
        models = reached[None] if None in reached else [model for one in reached.values() for model in one]
        found += _different(models)
    return sorted(found, key=lambda model: (model.cell or 0, model.row))


def with_cost(model: ModelSummary, paths: Sequence[Program], batch: int, dtype: str | None = None) -> ModelSummary:
    """The model with what it costs, and each of its layers."""
    from kerascheck.views.cost import cost_of_model

    network = model.network
    cost = cost_of_model(network, paths, batch, dtype)
    rows = [
        replace(row, cost=cost.layers.get(id(layer))) for row, layer in zip(model.layers, _shown(network), strict=True)
    ]
    return replace(model, cost=cost, layers=rows)


def _different(models: list[ModelSummary]) -> list[ModelSummary]:
    """Each model once; the names that Keras numbers as it goes make no difference."""
    seen: list[ModelSummary] = []
    kept: list[ModelSummary] = []
    for model in models:
        nameless = nameless_summary(model)
        if nameless not in seen:
            seen.append(nameless)
            kept.append(model)
    return kept


def _shown(network: Network) -> list[Layer]:
    """The layers that are rows of the summary."""
    return [layer for layer in network.layers if not (network.is_sequential and isinstance(layer, InputLayer))]


def summarize_network(network: Network, source: Source) -> ModelSummary:
    """One model. It must have a place in the source."""
    assert network.site is not None
    total, trainable, frozen = _counts(network)
    cell, row = source.in_cell(source.locate(network.site.node).start.row)
    return ModelSummary(
        filename=source.filename,
        row=row,
        cell=cell,
        name=network.variable or network.name,
        cls=network.cls,
        status=network.status(),
        input_shape=shapes_of([tensor.shape for tensor in network.inputs]),
        output_shape=shapes_of(network.output_shapes()),
        layers=[_layer(layer, source) for layer in _shown(network)],
        total_params=total,
        trainable_params=trainable,
        non_trainable_params=frozen,
        network=network,
        site=network.site,
    )


def _layer(layer: Layer, source: Source) -> LayerRow:
    row = None
    if layer.site is not None and layer.site.file is source:
        _, row = source.in_cell(source.locate(layer.site.node).start.row)
    return LayerRow(
        name=layer.name,
        cls=layer.cls,
        row=row,
        output_shape=shapes_of(listed_shapes(layer)),
        params=_count(layer.params()),
        trainable=layer.trainable,
        status=layer.status(),
    )


def listed_shapes(layer: Layer) -> list[Shape] | Unknown:
    """The output shapes as Keras lists them: for a model that is called as a layer, those of the call."""
    return Layer.output_shapes(layer) if isinstance(layer, Network) and layer.calls else layer.output_shapes()


def _counts(network: Network) -> tuple[Count, Count, Count]:
    """All, trainable and other parameters."""
    try:
        trainable, frozen = network.count_params()
    except Undetermined:
        return None, None, None
    return _count(trainable + frozen), _count(trainable), _count(frozen)


def _count(value: Int | Unknown) -> Count:
    if isinstance(value, Unknown):
        return None
    return str(value) if isinstance(value, SymDim) else value


def shapes_of(shapes: Sequence[Shape | Unknown] | Unknown) -> Shapes:
    """One shape as a list of dimensions, several as a list of those; None where not all are known."""
    if isinstance(shapes, Unknown) or not shapes:
        return None
    written: list[Any] = []
    for shape in shapes:
        if isinstance(shape, Unknown):
            return None
        written.append([str(dim) if isinstance(dim, SymDim) else dim for dim in shape])
    return written[0] if len(written) == 1 else written


def nameless_summary(model: ModelSummary) -> ModelSummary:
    """The model without the names that Keras numbers as it goes."""
    return replace(model, name=None, layers=[replace(layer, name=None) for layer in model.layers])

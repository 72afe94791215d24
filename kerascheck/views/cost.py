"""What a model costs before it runs: multiply-adds, and the memory of its training, by the formulas of the docs.

    activations = batch x sum over all calls of (outputs + what is kept inside) x bytes of a number
    weights     = sum over all weights of size x bytes of a number
    gradients   = the same over the weights that train
    optimizer   = gradients x copies that the optimizer keeps
    training    = the sum of all four

What is not known is left out, and said: the sums are lower bounds then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerascheck.keras import optimizers
from kerascheck.layers.base import compute_dtype
from kerascheck.network.cost import Cost, costs
from kerascheck.network.dims import SymDim, format_shape, volume
from kerascheck.network.ir import BuiltinLayer, InputLayer, Layer, Tensor
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Symbol, Undetermined, Unknown

if TYPE_CHECKING:
    from kerascheck.network.dims import Int, Shape
    from kerascheck.network.program import Program
    from kerascheck.views.summary import Count

#: Bytes of a number. A text has no size of its own.
SIZES = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "bool": 1,
    "complex64": 8,
    "complex128": 16,
    **{f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)},
}

#: What `--dtype` takes.
DTYPES = ("float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")

DEFAULT_BATCH = 32


@dataclass(frozen=True)
class LayerCost:
    """What one layer costs; None where it is not known. Memory is in bytes, for the whole batch."""

    multiply_adds: Count  # for one sample
    activations: Count
    weights: Count
    optimizer: Count
    missing: str | None = None  # why something of it is not counted

    def as_dict(self) -> dict[str, Any]:
        """The cost under the names that JSON uses."""
        return {
            "multiply_adds": self.multiply_adds,
            "activation_bytes": self.activations,
            "weight_bytes": self.weights,
            "optimizer_bytes": self.optimizer,
            "not_counted": self.missing,
        }


@dataclass(frozen=True)
class ModelCost:
    """What a model costs. Each sum counts what is known."""

    batch: int
    is_fixed: bool  # whether the model itself says how large a batch is
    dtype: str | None  # None: each layer's own
    optimizer: str  # what it is compiled with
    is_assumed: bool  # whether it is compiled nowhere
    multiply_adds: Count
    activations: Count
    weights: Count
    gradients: Count
    optimizer_state: Count
    training: Count
    missing: tuple[str, ...]  # why something is not counted: then all of it is a lower bound
    layers: dict[int, LayerCost] = field(compare=False, repr=False)  # by the id of the layer

    def as_dict(self) -> dict[str, Any]:
        """The cost under the names that JSON uses."""
        return {
            "batch_size": self.batch,
            "dtype": self.dtype,
            "optimizer": self.optimizer,
            "optimizer_assumed": self.is_assumed,
            "multiply_adds": self.multiply_adds,
            "activation_bytes": self.activations,
            "weight_bytes": self.weights,
            "gradient_bytes": self.gradients,
            "optimizer_bytes": self.optimizer_state,
            "training_bytes": self.training,
            "lower_bound": bool(self.missing),
            "not_counted": list(self.missing),
        }


def cost_of_model(
    network: Network, paths: Sequence[Program] = (), batch: int = DEFAULT_BATCH, dtype: str | None = None
) -> ModelCost:
    """What a network costs.

    Args:
        network: the network.
        paths: where it is looked for what the network is compiled with.
        batch: how many samples a batch has, where the model leaves it open.
        dtype: a policy that stands for those of all layers.
    """
    return _Work(network, batch, dtype, *_optimizer(network, paths)).result()


class _Work:
    def __init__(self, network: Network, batch: int, dtype: str | None, name: str, copies: int | None, given: bool):
        self._network = network
        self._dtype = dtype
        self._name, self._copies, self._is_given = name, copies, given
        fixed = [tensor.shape[0] for tensor in network.inputs if isinstance(tensor.shape, tuple) and tensor.shape]
        self._fixed = next((size for size in fixed if isinstance(size, int)), None)
        self._batch = self._fixed or batch
        self.missing: list[str] = []
        if copies is None:
            self.missing.append(f"what the optimizer {name} keeps is not known")

    def result(self) -> ModelCost:
        """All sums."""
        network = self._network
        if network.open is not None or network.unknown is not None:
            self.missing.append((network.open or network.unknown or Unknown("")).reason)
        by_layer: dict[int, Cost] = {}
        products: Int = 0
        activations: Int = 0
        for layer, cost in self._calls():
            by_layer.setdefault(id(layer), Cost()).add(cost)
            products = products + cost.products
            activations = activations + cost.values * self._times * self._compute_size(layer)
            self._miss(*(f"{layer.name} ({layer.cls}): {reason}" for reason in cost.missing))
        weights, gradients = self._sums()
        state = gradients * (self._copies or 0)
        return ModelCost(
            self._batch,
            self._fixed is not None,
            self._dtype,
            self._name,
            not self._is_given,
            _count(self._of_sample(products)),
            _count(activations),
            _count(weights),
            _count(gradients),
            _count(state),
            _count(weights + gradients + state + activations),
            tuple(self.missing),
            {id(layer): self._layer(layer, by_layer.get(id(layer))) for layer in self._rows(by_layer)},
        )

    @property
    def _times(self) -> int:
        """A model that leaves the size of the batch open is followed for one sample."""
        return 1 if self._fixed is not None else self._batch

    def _of_sample(self, products: Int) -> Int:
        return products if self._fixed is None else products // self._fixed

    def _calls(self) -> list[tuple[Layer, Cost]]:
        network = self._network
        found: list[tuple[Layer, Cost]] = [
            (tensor.node.layer, self._entry(tensor))
            for tensor in network.inputs
            if tensor.node is not None and isinstance(tensor.node.layer, InputLayer)
        ]
        if network.open is None:
            found += ((node.layer, cost) for node, cost in costs(network, 1))
        return found

    def _entry(self, tensor: Tensor) -> Cost:
        """What an input holds."""
        cost = Cost()
        try:
            if isinstance(tensor.shape, Unknown):
                raise Undetermined(tensor.shape.reason)
            if None in tensor.shape[1:]:
                raise Undetermined(f"the sizes of {format_shape(tensor.shape)} are left open")
            cost.values = volume(_one(tensor.shape))
        except Undetermined as undetermined:
            cost.missing.append(undetermined.reason)
        return cost

    def _rows(self, by_layer: dict[int, Cost]) -> list[Layer]:
        listed = list(self._network.layers)
        called = [node.layer for node in self._network.nodes if id(node.layer) in by_layer]
        return list({id(layer): layer for layer in [*listed, *called]}.values())

    def _layer(self, layer: Layer, cost: Cost | None) -> LayerCost:
        weights, gradients, reason = self._weights_of(layer)
        missing = cost.missing if cost is not None else []
        is_whole = cost is not None and not missing
        is_idle = cost is None and not layer.calls and not isinstance(layer, InputLayer)
        state = None if gradients is None or self._copies is None else _count(gradients * self._copies)
        return LayerCost(
            _count(self._of_sample(cost.products)) if cost is not None and is_whole else 0 if is_idle else None,
            _count(cost.values * self._times * self._compute_size(layer))
            if cost is not None and is_whole
            else 0
            if is_idle
            else None,
            _count(weights),
            state,
            next(iter(missing), None) or reason,
        )

    # -- weights ------------------------------------------------------------------------------------------------------

    def _weights_of(self, layer: Layer) -> tuple[Int | None, Int | None, str | None]:
        """The bytes of a layer's weights, of those of them that train, and why they are not known."""
        try:
            return *self._bytes(layer, set()), None
        except Undetermined as undetermined:
            return None, None, undetermined.reason

    def _bytes(self, layer: Layer, seen: set[int]) -> tuple[Int, Int]:
        weights: Int = 0
        gradients: Int = 0
        for weight, trains in layer.all_weights():
            if id(weight) not in seen:
                seen.add(id(weight))
                size = weight.count * self._variable_size(layer)
                weights = weights + size
                gradients = gradients + (size if trains and self._network.trainable else 0)
        return weights, gradients

    def _sums(self) -> tuple[Int, Int]:
        """The bytes of all weights, and of those that train."""
        weights: Int = 0
        gradients: Int = 0
        seen: set[int] = set()
        for layer in self._network.running_layers():
            try:
                own = self._bytes(layer, seen)
            except Undetermined as undetermined:
                self._miss(f"{layer.name} ({layer.cls}): {undetermined.reason}")
                continue
            weights, gradients = weights + own[0], gradients + own[1]
        return weights, gradients

    def _miss(self, *reasons: str) -> None:
        self.missing += [reason for reason in reasons if reason not in self.missing]

    # -- numbers ------------------------------------------------------------------------------------------------------

    def _compute_size(self, layer: Layer) -> int:
        """The bytes of a number that a layer computes with."""
        if isinstance(layer, InputLayer):
            kind = layer.tensor.dtype
            is_float = isinstance(kind, Unknown) or "float" in kind
            if not is_float and kind in SIZES:
                return SIZES[str(kind)]
        return SIZES.get(_plain(self._dtype or self._own(layer)), 4)

    def _variable_size(self, layer: Layer) -> int:
        """The bytes of a number in a layer's weights; a mixed policy keeps them in full."""
        policy = self._dtype or self._own(layer)
        return 4 if policy.startswith("mixed_") else SIZES.get(policy, 4)

    def _own(self, layer: Layer) -> str:
        """The policy of a layer."""
        if not isinstance(layer, BuiltinLayer):
            return "float32"
        policy = layer.config.get("dtype")
        if isinstance(policy, str):
            return policy
        kind = compute_dtype(layer.config)
        return kind if isinstance(kind, str) else "float32"


def _plain(policy: str) -> str:
    return policy.removeprefix("mixed_")


def _one(shape: Shape) -> Shape:
    """The shape for one sample."""
    return (1, *shape[1:]) if shape and shape[0] is None else shape


def _count(value: Int | None) -> Count:
    return str(value) if isinstance(value, SymDim) else value


# -- optimizers -------------------------------------------------------------------------------------------------------


def _optimizer(network: Network, paths: Sequence[Program]) -> tuple[str, int | None, bool]:
    """What the network was compiled with last, how many numbers that keeps for each that trains; whether there is one.

    For a network that is compiled nowhere it is Adam.
    """
    compiled = [call for program in paths for call in program.compiles if call.network is network]
    if not compiled:
        return "Adam", 2, False
    value = compiled[-1].arguments.value("optimizer", 0, optimizers.DEFAULT)
    if isinstance(value, str):
        return value, optimizers.copies(value, lambda name, place, default: default), True
    if isinstance(value, Symbol):
        name = value.name.rpartition(".")[2]
        return name, optimizers.copies(name, lambda name, place, default: default), True
    if isinstance(value, KerasObject):
        name = value.qualname.rpartition(".")[2]
        return name, optimizers.copies(name, value.arguments.value), True
    return "that is not known", None, True


# -- text -------------------------------------------------------------------------------------------------------------


def size_text(count: Count) -> str:
    """Bytes for people, as Keras writes them; a question mark where they are not known."""
    if not isinstance(count, int):
        return "?" if count is None else f"{count} B"
    size: float = count
    units = ["B", "KB", "MB", "GB", "TB", "PB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.2f} {units[0]}" if units[0] != "B" else f"{count} B"


def lines_of(cost: ModelCost) -> list[tuple[str, str]]:
    """The sums as titles and texts."""
    least = "at least " if cost.missing else ""
    fixed = ", which the model fixes" if cost.is_fixed else ""
    assumed = ", assumed: the model is compiled nowhere" if cost.is_assumed else ""
    products = f"{cost.multiply_adds:,}" if isinstance(cost.multiply_adds, int) else str(cost.multiply_adds)
    dtype = f", {cost.dtype}" if cost.dtype is not None else ""
    return [
        ("Multiply-adds", f"{least}{products} per sample, forward pass"),
        (f"Training memory, batch of {cost.batch}{fixed}{dtype}", f"{least}{size_text(cost.training)}"),
        ("  activations", size_text(cost.activations)),
        ("  weights", size_text(cost.weights)),
        ("  gradients", size_text(cost.gradients)),
        (f"  optimizer ({cost.optimizer}{assumed})", size_text(cost.optimizer_state)),
    ]

"""Layers around a layer: https://keras.io/api/layers/recurrent_layers/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerascheck.layers.base import Config, LayerDef, SingleInput
from kerascheck.layers.recurrent import Recurrent
from kerascheck.network.cost import cost_of
from kerascheck.network.dims import Dim, Int, Shape, format_shape, volume
from kerascheck.network.ir import BuiltinLayer, Layer, Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined


class Wrapper(LayerDef):
    """The base class of wrappers; what it does is up to its subclasses."""

    name = "Wrapper"
    signature = "layer"
    call_tensors = 2  # whatever the layer inside takes

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return cost_of(c.layer("layer"), shapes).products

    def validate(self, c: Config) -> None:
        c.layer("layer")

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        return [c.layer("layer")]


class TimeDistributed(Wrapper):
    """Applies a layer to every time step. https://keras.io/api/layers/recurrent_layers/time_distributed/"""

    name = "TimeDistributed"
    signature = "layer"

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        shape = shapes[0]
        if len(shape) < 3:
            raise KerasError(
                f"TimeDistributed expects inputs of rank 3 or more, found rank {len(shape)}: {format_shape(shape)}",
                "rank",
            )
        layer = c.layer("layer")
        outputs = _unchecked(layer, [(shape[0], *shape[2:])])
        if len(outputs) != 1:
            raise Undetermined(f"TimeDistributed around {layer.cls} with several outputs")
        return [(outputs[0][0], shape[1], *outputs[0][1:])]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume(shapes[0][1:2]) * cost_of(c.layer("layer"), [_step(shapes[0])]).products

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        cost = cost_of(c.layer("layer"), [_step(shapes[0])])
        return volume(shapes[0][1:2]) * cost.values - volume(self.outputs_for(c, shapes)[0])


def _step(shape: Shape) -> Shape:
    """The shape of one time step."""
    return (shape[0], *shape[2:])


def _unchecked(layer: Layer, shapes: list[Shape]) -> list[Shape]:
    """What a wrapped layer gives. Wrappers skip its check of the input's rank, so its refusal may come late."""
    if isinstance(layer, BuiltinLayer) and not layer.definition.checks_rank_at_build:
        try:
            layer.definition.check_inputs(layer.config, shapes)
        except KerasError as error:
            raise Undetermined(error.message) from error
    return layer.infer(shapes)


def clone(layer: Layer) -> Layer:
    """A copy of a layer with weights of its own. Raises Undetermined for layers of the program."""
    if not isinstance(layer, BuiltinLayer):
        raise Undetermined(f"a copy of {layer.cls} {layer.name}")
    values = {name: _cloned(value) for name, value in layer.config.items()}
    config = Config(layer.config.layer_name, values, layer.config.given, layer.config.dialect)
    copy = BuiltinLayer(layer.definition, config, layer.name, layer.site, layer.arguments)
    copy.trainable = layer.trainable
    return copy


def _cloned(value: Any) -> Any:
    if isinstance(value, Layer):
        return clone(value)
    if isinstance(value, (list, tuple)):
        return [_cloned(item) for item in value]
    return value


class Bidirectional(LayerDef):
    """Runs a recurrent layer forwards and backwards. https://keras.io/api/layers/recurrent_layers/bidirectional/

    Keras makes two copies of the layer it is given; their variables are the weights of this one.
    """

    name = "Bidirectional"
    signature = "layer, merge_mode='concat', weights=None, backward_layer=None"
    call_tensors = 2
    further_inputs = ("initial_state",)
    inner_layers = "made"

    def validate(self, c: Config) -> None:
        mode = c.known("merge_mode")
        if mode not in ("sum", "mul", "ave", "concat", None):
            raise KerasError(
                f"Bidirectional expects merge_mode to be 'sum', 'mul', 'ave', 'concat' or None, got {mode!r}",
                "argument",
            )
        forward = self.recurrent(c, "layer")
        if c.known("backward_layer") is None:
            if forward.config.flag("go_backwards"):
                raise KerasError("Bidirectional expects a layer without go_backwards=True", "argument")
            return
        backward = self.recurrent(c, "backward_layer")
        if forward.config.flag("go_backwards") == backward.config.flag("go_backwards"):
            raise KerasError("Bidirectional expects go_backwards=True on one of its two layers", "argument")
        for name in ("stateful", "return_sequences", "return_state"):
            if forward.config.flag(name) != backward.config.flag(name):
                raise KerasError(f"Bidirectional expects the same {name} on both of its layers", "argument")

    def recurrent(self, c: Config, name: str) -> BuiltinLayer:
        """One of the two layers. Raises KerasError where it is not recurrent."""
        layer = c.layer(name)
        if not isinstance(layer, BuiltinLayer):
            raise Undetermined(f"{layer.cls} {layer.name} in Bidirectional")
        if not isinstance(layer.definition, Recurrent):
            raise KerasError(f"Bidirectional expects a recurrent layer such as LSTM, got {layer.cls}", "argument")
        return layer

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        forward = self.recurrent(c, "layer")
        sequence, states = shapes[:1], shapes[1:]
        half = len(states) // 2
        for part in (states[:half], states[half:]) if states else ((),):
            forward.definition.check_inputs(forward.config, [*sequence, *part])

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        forward = self.recurrent(c, "layer")
        if c.known("backward_layer") is None:
            return [*_copied(forward, shapes, "forward"), *_copied(forward, shapes, "backward")]
        self.recurrent(c, "backward_layer").infer(list(shapes[:1]))
        return _copied(forward, shapes, "forward")

    def copied(self, c: Config) -> Layer | None:
        return c.layer("layer")

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        return () if c.known("backward_layer") is None else [c.layer("backward_layer")]

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        forward = self.recurrent(c, "layer")
        output, *states = forward.definition.outputs_for(forward.config, shapes[:1])
        mode = c.known("merge_mode")
        if states and forward.config.flag("stateful") and c.dialect >= 3:
            raise KerasError("Bidirectional cannot return the states of a stateful layer in Keras 3", "argument")
        if mode is None:
            return [output, output, *states, *states]
        if mode == "concat":
            last: Dim = output[-1]
            output = (*output[:-1], None if last is None else last * 2)
        return [output, *states, *states]

    def directions(self, c: Config) -> list[BuiltinLayer]:
        """What runs forwards, and what runs backwards."""
        forward = self.recurrent(c, "layer")
        return [forward, forward if c.known("backward_layer") is None else self.recurrent(c, "backward_layer")]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        one, other = (layer.definition.multiply_adds(layer.config, shapes[:1]) for layer in self.directions(c))
        return one + other

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        one, other = (layer.definition.kept_values(layer.config, shapes[:1]) for layer in self.directions(c))
        return one + other


def _copied(layer: BuiltinLayer, shapes: Sequence[Shape], direction: str) -> list[Weight]:
    """The weights of a copy of the layer."""
    copy = clone(layer)
    copy.infer(list(shapes[:1]))
    return [Weight(f"{direction}_{w.name}", w.shape, trains) for w, trains in copy.all_weights()]


class SpectralNormalization(SingleInput):
    """Keeps the spectral norm of a kernel at 1.

    https://keras.io/api/layers/normalization_layers/spectral_normalization/
    """

    name = "SpectralNormalization"
    signature = "layer, power_iterations=1"

    def validate(self, c: Config) -> None:
        c.layer("layer")
        if c.number("power_iterations") <= 0:
            raise KerasError(
                f"SpectralNormalization expects power_iterations above 0, got {c['power_iterations']!r}", "argument"
            )

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        layer = c.layer("layer")
        _unchecked(layer, [shape])
        inner = isinstance(layer, BuiltinLayer) and isinstance(layer.definition, Recurrent)  # its cell has the kernel
        for weight, _ in layer.all_weights():
            if weight.name in ("kernel", "embeddings") and not inner:
                return [Weight("vector_u", (1, weight.shape[-1]), trainable=False)]
        if isinstance(layer, BuiltinLayer):
            raise KerasError(f"SpectralNormalization needs a layer with a kernel, {layer.cls} has none", "argument")
        raise Undetermined(f"SpectralNormalization around {layer.cls}")

    def output(self, c: Config, shape: Shape) -> Shape:
        outputs = _unchecked(c.layer("layer"), [shape])
        if len(outputs) != 1:
            raise Undetermined("SpectralNormalization around a layer with several outputs")
        return outputs[0]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return cost_of(c.layer("layer"), shapes).products

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        return [c.layer("layer")]

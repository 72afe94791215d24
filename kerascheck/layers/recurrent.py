"""Recurrent layers and their cells: https://keras.io/api/layers/recurrent_layers/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from kerascheck.layers.base import Config, LayerDef
from kerascheck.layers.core import is_activation
from kerascheck.layers.geometry import (
    channels_first,
    check_padding,
    dilated,
    join_channels,
    known_size,
    padding,
    positive,
    require_least,
    slide_all,
    split_channels,
    window,
)
from kerascheck.layers.recurrent_cells import (
    CELL_HEAD,
    CONSTRAINTS,
    DROPOUT,
    INITIALIZERS,
    OLD_PARAMETERS,
    REGULARIZERS,
    REMOVED,
    Gates,
    GruGates,
    LstmGates,
    build_cell,
    cell_of,
    check_units,
    layers_in,
    stacked,
    step_products,
    step_values,
)
from kerascheck.network.dims import Int, Shape, definitely_different, format_shape, volume
from kerascheck.network.ir import Layer, Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined

_ACTIVITY = "activity_regularizer=None, "


_LOOP = "return_sequences=False, return_state=False, go_backwards=False, stateful=False, "


# -- layers --------------------------------------------------------------------------------------------
class Recurrent(LayerDef):
    """A layer that walks along time (axis 1): called on a sequence and, if given, its first states."""

    call_tensors = 2
    further_inputs = ("initial_state",)
    # SimpleRNN, LSTM and GRU hand it on to RNN through **kwargs.
    base_parameters = LayerDef.base_parameters | {"zero_output_for_mask"}

    def state_shapes(self, c: Config, shape: Shape) -> list[Shape]:
        """The shapes of the final states."""
        raise NotImplementedError

    def step_shape(self, c: Config, shape: Shape) -> Shape:
        """The shape of the output of one step."""
        return self.state_shapes(c, shape)[0]

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        super().check_inputs(c, shapes[:1])
        if len(shapes) > 1:
            self.check_states(c, shapes[1:])

    def check_states(self, c: Config, states: Sequence[Shape]) -> None:
        """Raise KerasError for first states that do not fit."""

    def check_stateful(self, c: Config, shape: Shape) -> None:
        """Raise KerasError for a stateful layer without a batch size."""
        if c.flag("stateful") and shape[0] is None:
            raise KerasError(
                f"{self.name} with stateful=True needs a fixed batch size, found {format_shape(shape)}; "
                "pass batch_shape to Input",
                "undefined-dimension",
            )

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        shape = shapes[0]
        self.check_stateful(c, shape)
        batch, *sizes = self.step_shape(c, shape)
        output: Shape = (batch, shape[1], *sizes) if c.flag("return_sequences") else (batch, *sizes)
        return [output, *self.state_shapes(c, shape)] if c.flag("return_state") else [output]


class _PlainRecurrent(Gates, Recurrent):
    """A recurrent layer with its own cell."""

    ndim = 3
    one_by_one = True
    old_parameters = OLD_PARAMETERS
    removed_parameters = REMOVED

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        if dialect == 1 and len(positional) > 1 and not is_activation(positional[1]):
            # Keras 1: LSTM(output_dim, init, inner_init, ...)
            for name, value in zip(("kernel_initializer", "recurrent_initializer"), positional[1:], strict=False):
                keywords.setdefault(name, value)
            del positional[1:]

    def validate(self, c: Config) -> None:
        check_units(c)
        if "use_cudnn" in c and isinstance(c.known("use_cudnn"), str) and c["use_cudnn"] != "auto":
            raise KerasError(f"{self.name} expects use_cudnn to be 'auto', True or False", "argument")

    def state_shapes(self, c: Config, shape: Shape) -> list[Shape]:
        return [(shape[0], c.dim("units"))]

    def check_states(self, c: Config, states: Sequence[Shape]) -> None:
        units = c.dim("units")
        wanted = len(self.state_shapes(c, (None,)))
        if len(states) < wanted:
            raise KerasError(f"{self.name} needs {wanted} initial states, got {len(states)}", "input-count")
        for state in states[:wanted]:
            if state and definitely_different(state[-1], units):
                raise KerasError(
                    f"{self.name} has {units} units, but got an initial state of shape {format_shape(state)}; "
                    "both layers need the same number of units",
                    "shape",
                )
            if len(state) > 2:  # built without complaint, refused in the first step
                raise KerasError(
                    f"{self.name} needs initial states of shape (batch, {units}), got {format_shape(state)}",
                    "argument",
                )

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        return self.gate_weights(c, known_size(c, shapes[0], -1, "its features"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return volume(shapes[0][:-1]) * self.step_products(c, known_size(c, shapes[0], -1, "its features"))

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        # The gates and the states of each step.
        return volume(shapes[0][:-1]) * c.dim("units") * (self.gates + 1 if self.gates > 1 else 1)


class SimpleRNN(_PlainRecurrent):
    """The output fed back. https://keras.io/api/layers/recurrent_layers/simple_rnn/"""

    name = "SimpleRNN"
    signature = (
        CELL_HEAD["SimpleRNN"]
        + INITIALIZERS
        + REGULARIZERS
        + _ACTIVITY
        + CONSTRAINTS
        + DROPOUT
        + _LOOP
        + "unroll=False, seed=None"
    )


class LSTM(LstmGates, _PlainRecurrent):
    """Long short-term memory. https://keras.io/api/layers/recurrent_layers/lstm/"""

    name = "LSTM"
    signature = (
        CELL_HEAD["gated"]
        + INITIALIZERS
        + "unit_forget_bias=True, "
        + REGULARIZERS
        + _ACTIVITY
        + CONSTRAINTS
        + DROPOUT
        + "seed=None, "
        + _LOOP
        + "unroll=False, use_cudnn='auto'"
    )
    base_parameters = Recurrent.base_parameters | {"implementation"}
    removed_parameters = REMOVED - {"implementation"}

    def state_shapes(self, c: Config, shape: Shape) -> list[Shape]:
        return [(shape[0], c.dim("units"))] * 2


class GRU(GruGates, _PlainRecurrent):
    """Gated recurrent unit. https://keras.io/api/layers/recurrent_layers/gru/"""

    name = "GRU"
    signature = (
        CELL_HEAD["gated"]
        + INITIALIZERS
        + REGULARIZERS
        + _ACTIVITY
        + CONSTRAINTS
        + DROPOUT
        + "seed=None, "
        + _LOOP
        + "unroll=False, reset_after=True, use_cudnn='auto'"
    )
    base_parameters = Recurrent.base_parameters | {"implementation"}
    removed_parameters = REMOVED - {"implementation"}


_CUDNN = (
    "units, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros', "
    "{forget}kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, "
    "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, return_sequences=False, "
    "return_state=False, stateful=False, go_backwards=False"
)


class CuDNNLSTM(LSTM):
    """LSTM for GPUs; Keras 2 only."""

    name = "CuDNNLSTM"
    signature = _CUDNN.format(forget="unit_forget_bias=True, ")

    def validate(self, c: Config) -> None:
        positive(c, "units")

    def gate_weights(self, c: Config, inputs: Int) -> list[Weight]:
        return _cudnn_weights(c, inputs, self.gates)


class CuDNNGRU(GRU):
    """GRU for GPUs; Keras 2 only."""

    name = "CuDNNGRU"
    signature = _CUDNN.format(forget="")

    def validate(self, c: Config) -> None:
        positive(c, "units")

    def gate_weights(self, c: Config, inputs: Int) -> list[Weight]:
        return _cudnn_weights(c, inputs, self.gates)


def _cudnn_weights(c: Config, inputs: Int, gates: int) -> list[Weight]:
    """The GPU kernels have a bias for the input and one for the state."""
    units = c.dim("units")
    return [
        Weight("kernel", (inputs, units * gates)),
        Weight("recurrent_kernel", (units, units * gates)),
        Weight("bias", (units * gates * 2,)),
    ]


class RNN(Recurrent):
    """Any cell, or a list of cells, along time. https://keras.io/api/layers/recurrent_layers/rnn/"""

    name = "RNN"
    signature = (
        "cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, "
        "zero_output_for_mask=False"
    )
    min_ndim = 2

    def cells(self, c: Config) -> list[Layer]:
        """The cells, first to last."""
        return layers_in(c, "cell") if isinstance(c.known("cell"), (list, tuple)) else [c.layer("cell")]

    def validate(self, c: Config) -> None:
        for cell in self.cells(c):
            cell_of(c, cell)

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        incoming: Shape = (shapes[0][0], *shapes[0][2:])
        for cell in self.cells(c):
            incoming = (incoming[0], build_cell(c, cell, incoming))
        return []

    def weight_holders(self, c: Config) -> Sequence[Layer]:
        return self.cells(c)

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return stacked(c, self.cells(c), shapes[0], step_products)

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        return stacked(c, self.cells(c), shapes[0], step_values)

    def step_shape(self, c: Config, shape: Shape) -> Shape:
        definition, config = cell_of(c, self.cells(c)[-1])
        return (shape[0], definition.width(config))

    def state_shapes(self, c: Config, shape: Shape) -> list[Shape]:
        found: list[Shape] = []
        cells = [cell_of(c, cell) for cell in self.cells(c)]
        for definition, config in cells:
            sizes = definition.state_sizes(config)
            if definition.nested_states(config) or (isinstance(c.known("cell"), (list, tuple)) and len(sizes) > 1):
                raise Undetermined("the states of stacked cells come nested")
            found += [(shape[0], size) for size in sizes]
        return found


class _ConvLSTM(Recurrent):
    """An LSTM whose products are convolutions."""

    rank: ClassVar[int]
    inner_layers = "made"  # its cell, which is not told about `trainable` as those of LSTM and GRU are
    old_parameters = {
        **OLD_PARAMETERS,
        "nb_filter": "filters",
        "border_mode": "padding",
        "subsample": "strides",
        "dim_ordering": "data_format",
    }
    removed_parameters = REMOVED

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        if dialect >= 3 or self.rank != 2:
            return
        if "nb_row" in keywords and "nb_col" in keywords:
            keywords["kernel_size"] = (keywords.pop("nb_row"), keywords.pop("nb_col"))
        elif dialect == 1 and len(positional) > 2:
            positional[1:3] = [tuple(positional[1:3])]

    def validate(self, c: Config) -> None:
        c.dim("filters")
        window(c, "kernel_size", self.rank)
        strides, dilation = window(c, "strides", self.rank, 0), window(c, "dilation_rate", self.rank)
        check_padding(c)
        channels_first(c)
        for name in ("dropout", "recurrent_dropout"):
            c.number(name)
        if any(isinstance(s, int) and s > 1 for s in strides) and any(isinstance(d, int) and d > 1 for d in dilation):
            raise KerasError(
                f"{self.name} cannot have strides above 1 together with dilation_rate above 1, "
                f"got strides={c['strides']!r} and dilation_rate={c['dilation_rate']!r}",
                "argument",
            )

    def weights_for(self, c: Config, shapes: Sequence[Shape]) -> list[Weight]:
        shape = shapes[0]
        first = channels_first(c)
        spatial, channels = split_channels((shape[0], *shape[2:]), first)
        if channels is None or None in spatial:
            raise KerasError(
                f"{self.name} needs known sizes and channels of its frames, found {format_shape(shape)}",
                "undefined-dimension",
            )
        kernel, filters = window(c, "kernel_size", self.rank), c.dim("filters")
        require_least(c, "filters", (filters,), 0)
        weights = [
            Weight("kernel", (*kernel, channels, filters * 4)),
            Weight("recurrent_kernel", (*kernel, filters, filters * 4)),
        ]
        if c.flag("use_bias"):
            weights.append(Weight("bias", (filters * 4,)))
        return weights

    def state_shapes(self, c: Config, shape: Shape) -> list[Shape]:
        first = channels_first(c)
        frame: Shape = (shape[0], *shape[2:])
        spans = dilated(window(c, "kernel_size", self.rank), window(c, "dilation_rate", self.rank))
        strides = window(c, "strides", self.rank)
        sizes = slide_all(c, shape, split_channels(frame, first)[0], spans, strides, padding(c))
        return [join_channels(shape[0], sizes, c.dim("filters"), first)] * 2

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        kernel, recurrent, *_ = self.weights_for(c, shapes)
        frames = volume(shapes[0][:2])
        places, _ = split_channels(self.state_shapes(c, shapes[0])[0], channels_first(c))
        return frames * volume(places) * (kernel.count + recurrent.count)

    def kept_values(self, c: Config, shapes: Sequence[Shape]) -> Int:
        # The four gates and the states of each step.
        return volume((shapes[0][1], *self.state_shapes(c, shapes[0])[0])) * 5


_CONV_LSTM = (
    "filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1, activation='tanh', "
    "recurrent_activation='sigmoid', use_bias=True, "
    + INITIALIZERS
    + "unit_forget_bias=True, "
    + REGULARIZERS
    + _ACTIVITY
    + CONSTRAINTS
    + DROPOUT
    + "seed=None, "
    + _LOOP.removesuffix(", ")
)


class ConvLSTM1D(_ConvLSTM):
    """Convolutional LSTM over sequences. https://keras.io/api/layers/recurrent_layers/conv_lstm1d/"""

    name = "ConvLSTM1D"
    rank = 1
    ndim = 4
    signature = _CONV_LSTM


class ConvLSTM2D(_ConvLSTM):
    """Convolutional LSTM over images. https://keras.io/api/layers/recurrent_layers/conv_lstm2d/"""

    name = "ConvLSTM2D"
    rank = 2
    ndim = 5
    signature = _CONV_LSTM


class ConvLSTM3D(_ConvLSTM):
    """Convolutional LSTM over volumes. https://keras.io/api/layers/recurrent_layers/conv_lstm3d/"""

    name = "ConvLSTM3D"
    rank = 3
    ndim = 6
    signature = _CONV_LSTM

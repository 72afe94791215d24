"""Core layers: https://keras.io/api/layers/core_layers/."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kerascheck.layers.base import Config, LayerDef, SingleInput, compute_dtype, passed_dtype
from kerascheck.layers.geometry import kernel_and_bias, known_size, low_rank, positive, refuse_quantized
from kerascheck.layers.names import ACTIVATIONS
from kerascheck.network.dims import Dim, Int, Shape, definitely_different, format_shape, volume
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown

#: How Keras 1 called the arguments of every layer with a kernel and a bias.
KERNEL_PARAMETERS = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}


def is_activation(value: Any) -> bool:
    """Whether an argument names an activation (and so cannot be what Keras 1 had in its place, an initializer)."""
    return value is None or (isinstance(value, str) and value in ACTIVATIONS)


class Dense(SingleInput):
    """A fully connected layer on the last axis. https://keras.io/api/layers/core_layers/dense/"""

    name = "Dense"
    signature = (
        "units, activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', "
        "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
        "bias_constraint=None, lora_rank=None, lora_alpha=None, quantization_config=None"
    )
    old_names = ("TimeDistributedDense",)
    old_parameters = {**KERNEL_PARAMETERS, "output_dim": "units"}
    min_ndim = 2

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        if dialect != 1 or len(positional) < 2:
            return
        if isinstance(positional[1], int) and not isinstance(positional[1], bool):
            keywords.setdefault("input_dim", positional.pop(0))  # before 1.0: Dense(input_dim, output_dim)
        if len(positional) > 1 and is_activation(positional[1]):
            return  # the order of Keras 2 and 3
        # Keras 1: Dense(output_dim, init, activation, ...)
        for name in ("kernel_initializer", "activation"):
            if len(positional) > 1:
                keywords.setdefault(name, positional.pop(1))

    def validate(self, c: Config) -> None:
        positive(c, "units")

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        inputs = known_size(c, shape, -1, "its last axis")
        refuse_quantized(c)
        units = c.dim("units")
        kernel, *bias = kernel_and_bias((inputs, units), units, c.flag("use_bias"))
        return [*low_rank(c, kernel), *bias]

    def output(self, c: Config, shape: Shape) -> Shape:
        return (*shape[:-1], c.dim("units"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        kernel, *factors = (weight for weight in self.weights(c, shapes[0]) if weight.name != "bias")
        products = volume(shapes[0]) * c.dim("units")
        return products + kernel.count * factors[0].shape[-1] if factors and factors[0].shape[-1] else products


class EinsumDense(SingleInput):
    """A dense layer written as an einsum equation. https://keras.io/api/layers/core_layers/einsum_dense/"""

    name = "EinsumDense"
    keeps_rank = True
    signature = (
        "equation, output_shape, activation=None, bias_axes=None, kernel_initializer='glorot_uniform', "
        "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, kernel_constraint=None, "
        "bias_constraint=None, lora_rank=None, lora_alpha=None, gptq_unpacked_column_size=None, "
        "quantization_config=None"
    )

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        refuse_quantized(c)
        kernel, bias, _ = einsum_shapes(c, shape)
        if any(size is None for size in kernel) or (bias is not None and any(size is None for size in bias)):
            raise KerasError(
                f"EinsumDense {c['equation']!r} needs known sizes for its weights, found {format_shape(kernel)} "
                f"for an input of shape {format_shape(shape)}",
                "undefined-dimension",
            )
        if c.known("lora_rank"):
            raise Undetermined("EinsumDense with lora_rank")
        weights = [Weight("kernel", kernel)]
        if bias is not None:
            weights.append(Weight("bias", bias))
        return weights

    def output(self, c: Config, shape: Shape) -> Shape:
        return einsum_shapes(c, shape)[2]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        inputs, _, rest = c.text("equation").partition(",")
        kernel = einsum_shapes(c, shapes[0])[0]
        labels = rest.partition("->")[0]
        return volume((*shapes[0], *(size for size, label in zip(kernel, labels, strict=True) if label not in inputs)))

    def outputs_at_run_time(self, c: Config, shapes: Sequence[Shape], outputs: list[Shape]) -> list[Shape]:
        inputs, _, rest = c.text("equation").partition(",")
        made = rest.partition("->")[2]
        if "..." in inputs:
            return outputs
        sizes = dict(zip(inputs, shapes[0], strict=True))
        pairs = zip(outputs[0], made, strict=True)
        return [tuple(sizes.get(label) if size is None else size for size, label in pairs)]


_EQUATION_FORMS = (
    (re.compile(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), False),
    (re.compile(r"0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)"), True),
    (re.compile(r"([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0"), False),
)


def einsum_shapes(c: Config, shape: Shape) -> tuple[Shape, Shape | None, Shape]:
    """Kernel, bias and output shape of an EinsumDense."""
    equation = c.text("equation")
    matches = ((pattern.match(equation.replace("...", "0")), elides) for pattern, elides in _EQUATION_FORMS)
    match, left_elided = next(((m, elides) for m, elides in matches if m), (None, False))
    if match is None:
        raise KerasError(f"EinsumDense expects an equation such as 'ab,bc->ac', got {equation!r}", "argument")
    inputs, kernel, outputs = match.groups()
    elided = len(shape) - len(inputs)
    full: list[Dim] = [shape[0], *_partial_shape(c)]
    if elided > 0 and left_elided:
        full[1:1] = reversed(shape[1:elided])  # Keras states these axes in reverse
    elif elided > 0:
        full.extend(shape[len(shape) - elided :])
    offset = elided if left_elided else 0
    in_axis = {label: i + (elided - len(shape) if left_elided else 0) for i, label in enumerate(inputs)}
    out_axis = {label: i + offset for i, label in enumerate(outputs)}

    def size(sizes: Sequence[Dim], axis: int) -> Dim:
        if not -len(sizes) <= axis < len(sizes):
            raise KerasError(
                f"EinsumDense {equation!r} with output_shape {c['output_shape']!r} does not fit an input of "
                f"shape {format_shape(shape)}",
                "rank",
            )
        return sizes[axis]

    for label in inputs:
        incoming = size(shape, in_axis[label])
        if label in out_axis:
            outgoing = size(full, out_axis[label])
            if outgoing is not None and (incoming is None or definitely_different(incoming, outgoing)):
                raise KerasError(
                    f"EinsumDense {equation!r}: axis '{label}' has size {incoming} in the input "
                    f"{format_shape(shape)} but {outgoing} in output_shape",
                    "shape",
                )
    for label in outputs:
        if label not in inputs and label not in kernel:
            raise KerasError(f"EinsumDense {equation!r}: '{label}' of the output comes from nowhere", "argument")
    sizes: list[Dim] = []
    for label in kernel:
        if label in out_axis:
            sizes.append(size(full, out_axis[label]))
        elif label in in_axis:
            sizes.append(size(shape, in_axis[label]))
        else:
            raise KerasError(f"EinsumDense {equation!r}: '{label}' of the kernel has no size", "argument")
    return tuple(sizes), _bias_shape(c, outputs, full, offset, 0 if left_elided else elided), tuple(full)


def _partial_shape(c: Config) -> list[Dim]:
    """`output_shape` as the call gives it: without the batch axis."""
    value = c.known("output_shape")
    if not isinstance(value, (tuple, list)):
        return [c.dim("output_shape")]
    return [None if item is None else c.as_dim("output_shape", item) for item in value]


def _bias_shape(c: Config, outputs: str, full: Sequence[Dim], offset: int, trailing: int) -> Shape | None:
    if c.known("bias_axes") is None:
        return None
    axes = c.text("bias_axes")
    for label in axes:
        if label not in outputs:
            raise KerasError(f"EinsumDense has no output axis '{label}' for its bias", "argument")
    if not axes:
        raise KerasError("EinsumDense expects bias_axes to name an axis, got ''", "argument")
    first = min(outputs.find(label) for label in axes)
    sizes = {label: full[i + offset] for i, label in enumerate(outputs)}
    return (*(sizes[label] if label in axes else 1 for label in outputs[first:]), *(1,) * trailing)


class Embedding(SingleInput):
    """Turns indices into vectors. https://keras.io/api/layers/core_layers/embedding/"""

    name = "Embedding"
    signature = (
        "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, "
        "embeddings_constraint=None, mask_zero=False, weights=None, lora_rank=None, lora_alpha=None, "
        "quantization_config=None"
    )
    old_parameters = {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    }
    removed_parameters = frozenset({"dropout"})
    base_parameters = LayerDef.base_parameters | {"input_length"}  # which Keras 3 takes and ignores

    def upgrade(self, positional: list[Any], keywords: dict[str, Any], spelled: str, dialect: int) -> None:
        # what stands where in Keras 1 and 2, None for what is gone
        third = {
            1: ("embeddings_initializer", None, "embeddings_regularizer", None, "embeddings_constraint", "mask_zero"),
            2: ("embeddings_initializer", "embeddings_regularizer", None, "embeddings_constraint", "mask_zero"),
        }
        for name, value in zip(third.get(dialect, ()), positional[2:], strict=False):
            if name is not None:
                keywords.setdefault(name, value)
        if dialect < 3:
            del positional[2:]

    def validate(self, c: Config) -> None:
        for name in ("input_dim", "output_dim"):
            if isinstance(c.known(name) if not isinstance(c[name], Unknown) else None, bool):
                raise KerasError(f"Embedding expects a positive integer for {name}, got {c[name]!r}", "argument")
            if not isinstance(c[name], Unknown):
                positive(c, name)

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        refuse_quantized(c)
        return low_rank(c, Weight("embeddings", (c.dim("input_dim"), c.dim("output_dim"))))

    def output(self, c: Config, shape: Shape) -> Shape:
        return (*shape, c.dim("output_dim"))

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        if c.get("lora_rank"):
            return volume((*shapes[0], c.dim("lora_rank"), c.dim("output_dim")))
        return 0  # rows are looked up


class ReversibleEmbedding(Embedding):
    """An embedding that can also map vectors back to indices."""

    name = "ReversibleEmbedding"
    signature = (
        "input_dim, output_dim, tie_weights=True, embeddings_initializer='uniform', embeddings_regularizer=None, "
        "embeddings_constraint=None, mask_zero=False, reverse_dtype=None, logit_soft_cap=None"
    )
    base_parameters = Embedding.base_parameters | {"weights", "lora_rank", "lora_alpha", "quantization_config"}

    def weights(self, c: Config, shape: Shape) -> list[Weight]:
        refuse_quantized(c)
        if c.get("lora_rank"):
            raise Undetermined("ReversibleEmbedding with lora_rank")
        sizes: tuple[Int, Int] = (c.dim("input_dim"), c.dim("output_dim"))
        weights = [Weight("embeddings", sizes)]
        if not c.flag("tie_weights"):
            weights.append(Weight("reverse_embeddings", (sizes[1], sizes[0])))
        return weights


class Masking(SingleInput):
    """Marks time steps to skip. https://keras.io/api/layers/core_layers/masking/"""

    name = "Masking"
    signature = "mask_value=0.0"


class Identity(LayerDef):
    """Hands its inputs on. https://keras.io/api/layers/core_layers/identity/"""

    name = "Identity"
    is_view = True

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        return list(shapes)

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return passed_dtype(c, dtype)


class Lambda(LayerDef):
    """A function of the program as a layer. https://keras.io/api/layers/core_layers/lambda/

    The interpreter runs the function where it can; `outputs_for` answers where only `output_shape` says something.
    """

    name = "Lambda"
    call_tensors = 2  # the second is a mask
    signature = "function, output_shape=None, mask=None, arguments=None"

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        stated = c.known("output_shape")
        if stated is None:
            raise Undetermined("what the function of Lambda does is not known")
        batch = shapes[0][0]
        if isinstance(stated, (tuple, list)) and any(isinstance(item, (tuple, list)) for item in stated):
            if len(stated) == 1:
                raise Undetermined("Lambda returns a list of one output")
            return [(batch, *self.sizes(c, item)) for item in stated]
        return [(batch, *self.sizes(c, stated))]

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        raise Undetermined("what the function of Lambda does is not known")

    def sizes(self, c: Config, stated: Any) -> Shape:
        """The sizes behind the batch of one output."""
        if isinstance(stated, tuple) or (isinstance(stated, list) and c.dialect < 3):
            return tuple(None if size is None else c.as_dim("output_shape", size) for size in stated)
        if isinstance(stated, (int, float, str, list)):
            raise KerasError(f"Lambda expects a tuple for output_shape, got {stated!r}", "argument")
        raise Undetermined("the output_shape of Lambda is computed")

    def output_dtype(self, c: Config, dtype: str | Unknown) -> str | Unknown:
        return compute_dtype(c) if c.get("output_shape") is not None else Unknown("what the function of Lambda does")

    def entry_dtype(self, c: Config) -> str | Unknown:
        # Where the function fails on floats, Keras makes no Input and hands the data on as it is.
        return Unknown("the Input before a Lambda")


class InputLayer(LayerDef):
    """The entry of a network. https://keras.io/api/layers/core_layers/input/"""

    name = "InputLayer"
    signature = (
        "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, input_tensor=None, "
        "optional=False, name=None"
    )
    old_parameters = {"input_shape": "shape", "batch_input_shape": "batch_shape"}

    def outputs_for(self, c: Config, shapes: Sequence[Shape]) -> list[Shape]:
        return list(shapes)

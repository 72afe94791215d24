"""Shape arithmetic that several families of layers share: windows, channels, axes, broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerascheck.layers.base import Config
from kerascheck.network.dims import Dim, Int, Shape, SymDim, definitely_different, format_shape, maximum
from kerascheck.network.ir import Weight
from kerascheck.symbolic.unknown import KerasError, Undetermined, Unknown
from kerascheck.text.spelling import most_like

#: What Keras 1 called the data formats.
OLD_DATA_FORMATS = {"th": "channels_first", "tf": "channels_last"}


def channels_first(c: Config) -> bool:
    """Whether the channel axis stands right behind the batch axis."""
    value = c.known("data_format")
    if value is None or (c.dialect < 3 and value == "default"):
        return False
    text = str(c.text("data_format")).lower()
    if c.dialect < 3:
        text = OLD_DATA_FORMATS.get(text, text)
    if text not in ("channels_first", "channels_last"):
        raise KerasError(
            f"{c.layer_name} expects data_format to be 'channels_first' or 'channels_last', got {value!r}", "argument"
        )
    return text == "channels_first"


def require_least(c: Config, name: str, values: Sequence[Int], least: int) -> None:
    """Raise KerasError where a size is known to be below the least allowed."""
    for value in values:
        if isinstance(value, int) and value < least:
            wanted = "a positive integer" if least == 1 else f"an integer of at least {least}"
            raise KerasError(f"{c.layer_name} expects {wanted} for {name}, got {c[name]!r}", "argument")


def window(c: Config, name: str, rank: int, least: int = 1) -> tuple[Int, ...]:
    """One size per spatial axis, each at least `least`."""
    sizes = c.dims(name, rank)
    require_least(c, name, sizes, least)
    return sizes


def positive(c: Config, name: str) -> Int:
    """A size that must be above zero."""
    size = c.dim(name)
    require_least(c, name, (size,), 1)
    return size


def padding(c: Config, allowed: Sequence[str] = ("valid", "same"), fold_case: bool = True) -> str | Unknown:
    """The padding mode of a convolution or pooling layer; where it is not known, only sizes depend on it."""
    if isinstance(c["padding"], Unknown):
        return c["padding"]
    if c.dialect < 3 and isinstance(c["padding"], (list, tuple)):
        return Unknown("the numbers of a padding")  # tf.keras hands them on to TensorFlow
    text = c.text("padding")
    mode = text.lower() if fold_case or c.dialect < 3 else text
    if mode not in allowed:
        options = " or ".join(repr(option) for option in allowed)
        message = f"{c.layer_name} expects padding to be {options}, got {text!r}"
        error = KerasError(message, "argument", only_keras_3=text.lower() in allowed)
        if near := most_like(text.lower(), allowed):
            error.mended = (text, near)
        raise error
    return mode


def check_padding(c: Config, allowed: Sequence[str] = ("valid", "same")) -> None:
    """What a layer looks at when it is made: it refuses another word at once, numbers only when it is called."""
    if not isinstance(c["padding"], (list, tuple)):
        padding(c, allowed)


def split_channels(shape: Shape, first: bool) -> tuple[Shape, Dim]:
    """The spatial sizes and the channels of a shape with a batch axis."""
    return (shape[2:], shape[1]) if first else (shape[1:-1], shape[-1])


def join_channels(batch: Dim, spatial: Sequence[Dim], channels: Dim, first: bool) -> Shape:
    """The shape with these spatial sizes and channels."""
    return (batch, channels, *spatial) if first else (batch, *spatial, channels)


def slide(size: Dim, span: Int, stride: Int, mode: str | Unknown) -> Dim:
    """How many windows of `span` fit: `valid`, or `same` and `causal` that pad."""
    if size is None:
        return None
    valid, padded = (size - span) // stride + 1, (size - 1) // stride + 1
    if isinstance(mode, Unknown):
        return either(valid, padded, mode)
    return valid if mode == "valid" else padded


def either(one: Int, other: Int, choice: Unknown) -> Int:
    """A size that is one of the two, by a choice that is not known: the same size for the same choice."""
    if one == other:
        return one
    text = f"{one} or {other}"
    if len(text) > _MAX_TEXT:
        text = f"a size by {choice.text or 'an unknown choice'}"
    return SymDim.named(text, ("either", choice.key, one, other))


#: A choice of two texts doubles them: each further layer would.
_MAX_TEXT = 60


def slide_all(
    c: Config,
    shape: Shape,
    spatial: Sequence[Dim],
    spans: Sequence[Int],
    strides: Sequence[Int],
    mode: str | Unknown,
) -> tuple[Dim, ...]:
    """`slide` on every spatial axis. Raises KerasError where no window fits."""
    out = tuple(slide(*sizes, mode) for sizes in zip(spatial, spans, strides, strict=True))
    if mode == "valid":
        for axis, (size, span, result) in enumerate(zip(spatial, spans, out, strict=True)):
            if isinstance(result, int) and result <= 0:
                raise KerasError(
                    f"{c.layer_name} has no room on spatial axis {axis}: its window spans {span}, "
                    f"the input has {size} there; whole input shape {format_shape(shape)}",
                    "negative-dimension",
                )
    return out


def dilated(kernel: Sequence[Int], dilation: Sequence[Int]) -> tuple[Int, ...]:
    """The span of a kernel with holes."""
    return tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True))


def known_size(c: Config, shape: Shape, axis: int, role: str) -> Int:
    """The size of an axis that weights are made for. Raises KerasError where Keras has no size for it."""
    size = shape[axis_of(c, shape, axis)]
    if size is None:
        raise KerasError(
            f"{c.layer_name} needs a known size for {role} (axis {axis}), found None in {format_shape(shape)}",
            "undefined-dimension",
        )
    return size


def axis_of(c: Config, shape: Shape, axis: int) -> int:
    """The axis counted from the front. Raises KerasError where the shape has no such axis."""
    if not -len(shape) <= axis < len(shape):
        raise KerasError(
            f"{c.layer_name} has axis {axis}, but its input has only {len(shape)} axes: {format_shape(shape)}", "rank"
        )
    return axis % len(shape)


def broadcast(c: Config, left: Shape, right: Shape, shapes: Sequence[Shape]) -> Shape:
    """Element-wise broadcasting as Keras's merge layers do it (batch axis left out)."""
    if len(left) < len(right):
        left, right = right, left
    if not right:
        return left
    out: list[Dim] = list(left[: -len(right)])
    for a, b in zip(left[-len(right) :], right, strict=True):
        if a is None or b is None:
            out.append(None)
        elif a == 1 or b == 1:
            out.append(b if a == 1 else a)
        elif isinstance(a, int) and isinstance(b, int) and a != b:
            raise KerasError(
                f"{c.layer_name} cannot combine sizes {a} and {b}; the input shapes are "
                + ", ".join(format_shape(s) for s in shapes),
                "shape",
            )
        else:
            out.append(known_one(a, b))
    return tuple(out)


def known_one(a: Int, b: Int) -> Int:
    """The result of broadcasting two sizes of which at least one is symbolic: valid only if equal or one of them 1."""
    if isinstance(a, SymDim) and isinstance(b, SymDim):
        return maximum(a, b)
    return a if isinstance(a, int) else b


def common_batch(c: Config, shapes: Sequence[Shape]) -> Dim:
    """The batch size of inputs that are merged."""
    found: Dim = None
    for shape in shapes:
        if not shape or shape[0] is None:
            continue
        if definitely_different(found, shape[0]):
            raise KerasError(
                f"{c.layer_name} cannot merge different batch sizes {found} and {shape[0]}; the input shapes are "
                + ", ".join(format_shape(s) for s in shapes),
                "shape",
            )
        if found is None or isinstance(shape[0], int):
            found = shape[0]
    return found


def kernel_and_bias(kernel: Shape, bias: Int, use_bias: bool) -> list[Weight]:
    """The usual pair of weights."""
    weights = [Weight("kernel", kernel)]
    if use_bias:
        weights.append(Weight("bias", (bias,)))
    return weights


def low_rank(c: Config, main: Weight) -> list[Weight]:
    """The weights in place of `main` where `lora_rank` is set: it is frozen and two small factors train."""
    rank = c.known("lora_rank")
    if not rank:
        return [main]
    if c.known("kernel_constraint" if "kernel_constraint" in c else "embeddings_constraint"):
        raise KerasError(f"{c.layer_name} cannot use lora_rank together with a constraint", "argument")
    size = c.dim("lora_rank")
    return [
        Weight(main.name, main.shape, trainable=False),
        Weight("lora_a", (*main.shape[:-1], size)),
        Weight("lora_b", (size, main.shape[-1])),
    ]


def refuse_quantized(c: Config) -> None:
    """Raise Undetermined where the weights are stored quantized: their shapes are another matter."""
    policy: Any = c.get("dtype")
    if isinstance(policy, Unknown):
        return
    if c.get("quantization_config") is not None or (isinstance(policy, str) and "_from_" in policy):
        raise Undetermined(f"{c.layer_name} is quantized")

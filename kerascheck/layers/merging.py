"""Layers of several inputs: https://keras.io/api/layers/merging_layers/."""

from __future__ import annotations

from collections.abc import Sequence

from kerascheck.layers.base import Config, MultiInput
from kerascheck.layers.geometry import axis_of, broadcast, common_batch
from kerascheck.network.dims import Dim, Int, Shape, definitely_different, format_shape, volume
from kerascheck.symbolic.unknown import KerasError, Undetermined


def _list_shapes(shapes: Sequence[Shape]) -> str:
    return ", ".join(format_shape(shape) for shape in shapes)


class _Elementwise(MultiInput):
    """Combines inputs element by element, with broadcasting behind the batch axis."""

    min_ndim = 1

    def output(self, c: Config, shapes: Sequence[Shape]) -> Shape:
        if not shapes:
            raise KerasError(f"{self.name} needs at least one input", "input-count")
        batch = common_batch(c, shapes)
        merged = shapes[0][1:]
        for shape in shapes[1:]:
            merged = broadcast(c, merged, shape[1:], shapes)
        return (batch, *merged)


class Add(_Elementwise):
    """The sum of its inputs. https://keras.io/api/layers/merging_layers/add/"""

    name = "Add"


class Subtract(_Elementwise):
    """The first input minus the second. https://keras.io/api/layers/merging_layers/subtract/"""

    name = "Subtract"

    def check_inputs(self, c: Config, shapes: Sequence[Shape]) -> None:
        super().check_inputs(c, shapes)
        if len(shapes) != 2:
            raise KerasError(f"Subtract takes exactly two inputs, it is called on {len(shapes)}", "input-count")


class Multiply(_Elementwise):
    """The product of its inputs. https://keras.io/api/layers/merging_layers/multiply/"""

    name = "Multiply"


class Average(_Elementwise):
    """The mean of its inputs. https://keras.io/api/layers/merging_layers/average/"""

    name = "Average"


class Maximum(_Elementwise):
    """The largest of its inputs. https://keras.io/api/layers/merging_layers/maximum/"""

    name = "Maximum"


class Minimum(_Elementwise):
    """The smallest of its inputs. https://keras.io/api/layers/merging_layers/minimum/"""

    name = "Minimum"


class Concatenate(MultiInput):
    """Puts its inputs side by side along an axis. https://keras.io/api/layers/merging_layers/concatenate/"""

    name = "Concatenate"
    signature = "axis=-1"
    old_parameters = {"concat_axis": "axis"}

    def output(self, c: Config, shapes: Sequence[Shape]) -> Shape:
        if not shapes:
            raise KerasError("Concatenate needs at least one input", "input-count")
        return concatenated(c, shapes, c.integer("axis"))


def concatenated(c: Config, shapes: Sequence[Shape], axis: int) -> Shape:
    """The shape of the inputs side by side."""
    rest: list[Shape] = []
    for shape in shapes:
        # an axis that an input does not have is only missed below, where its size is wanted
        at = axis_of(c, shape, axis) if axis < 0 else axis
        rest.append(shape[:at] + shape[at + 1 :])
    for other in rest[1:]:
        if len(other) != len(rest[0]):
            raise KerasError(
                f"{c.layer_name} needs inputs of one rank, found the shapes {_list_shapes(shapes)}", "rank"
            )
    for sizes in zip(*rest, strict=True):
        known = [size for size in sizes if size is not None]
        if any(definitely_different(known[0], size) for size in known[1:]):
            raise KerasError(
                f"{c.layer_name} needs inputs that differ only along axis {axis}, found the shapes "
                f"{_list_shapes(shapes)}",
                "shape",
            )
    out = list(shapes[0])
    for shape in shapes[1:]:
        total = out[axis_of(c, shapes[0], axis)]
        more = None if total is None else shape[axis_of(c, shape, axis)]
        out[axis] = None if total is None or more is None else total + more
    return tuple(out)


class Dot(MultiInput):
    """The products of its two inputs along axes. https://keras.io/api/layers/merging_layers/dot/"""

    name = "Dot"
    signature = "axes, normalize=False"
    old_parameters = {"dot_axes": "axes"}

    def validate(self, c: Config) -> None:
        value = c.known("axes")
        if len(c.integers("axes")) != (2 if isinstance(value, (tuple, list)) else 1):
            raise KerasError(f"Dot expects an integer or two integers for axes, got {value!r}", "argument")

    def output(self, c: Config, shapes: Sequence[Shape]) -> Shape:
        if len(shapes) != 2:
            raise KerasError(f"Dot takes exactly two inputs, it is called on {len(shapes)}", "input-count")
        self.validate(c)
        left, right = list(shapes[0]), list(shapes[1])
        axes = c.integers("axes") * (2 if len(c.integers("axes")) == 1 else 1)
        a, b = axis_of(c, shapes[0], axes[0]), axis_of(c, shapes[1], axes[1])
        # Keras compares the sizes as they are: None fits only None
        if definitely_different(left[a], right[b]) or (left[a] is None) != (right[b] is None):
            raise KerasError(
                f"Dot needs equal sizes along its axes, found {left[a]} (axis {a}) and {right[b]} (axis {b}); "
                f"the input shapes are {_list_shapes(shapes)}",
                "shape",
            )
        del left[a], right[b]
        if not right:
            raise KerasError(f"Dot needs inputs with a batch axis, found {_list_shapes(shapes)}", "rank")
        joined: list[Dim] = [*left, *right[1:]]
        return tuple(joined if len(joined) != 1 else [*joined, 1])

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        summed = shapes[0][axis_of(c, shapes[0], c.integers("axes")[0])]
        return volume((*self.output(c, shapes), summed))


class Merge(MultiInput):
    """Several ways to merge, chosen by `mode`; Keras 1 only."""

    name = "Merge"
    signature = (
        "layers=None, mode='sum', concat_axis=-1, dot_axes=-1, output_shape=None, output_mask=None, arguments=None, "
        "node_indices=None, tensor_indices=None, name=None"
    )

    def output(self, c: Config, shapes: Sequence[Shape]) -> Shape:
        mode = c.known("mode")
        if mode == "concat":
            return concatenated(c, shapes, c.integer("concat_axis"))
        if mode in ("sum", "mul", "ave", "max"):
            return Add().output(c, shapes)
        raise Undetermined(f"Merge with mode {mode!r}")

    def multiply_adds(self, c: Config, shapes: Sequence[Shape]) -> Int:
        self.output(c, shapes)  # the other modes multiply
        return 0

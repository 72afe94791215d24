"""The sizes of a kernel one by one, as Keras 1 took them: `Convolution2D(32, 3, 3)`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, RemoveArgument, Rewrite
from kerascheck.migrate.arguments import positionals
from kerascheck.migrate.context import Context, Step
from kerascheck.project.target import Era

#: What only older versions of Keras have: whatever else the file says, it takes what it took in Keras 1.
_OLD = frozenset({"AtrousConvolution2D", "AtrousConv2D", "Deconvolution2D", "Deconv2D"})
#: How many sizes the kernel has.
_AXES = {
    **dict.fromkeys(("Conv2D", "Convolution2D", "SeparableConv2D", *_OLD), 2),
    **dict.fromkeys(("SeparableConvolution2D", "ConvLSTM2D", "Convolution2DTranspose", "Conv2DTranspose"), 2),
    **dict.fromkeys(("Conv3D", "Convolution3D"), 3),
}


def find(context: Context) -> Iterator[Step]:
    """A step for each convolution whose sizes stand one by one."""
    for call, name in context.called():
        axes = _AXES.get(name.removeprefix("keras.layers.")) if name.startswith("keras.layers.") else None
        if axes is not None:
            yield from steps(context, call, name, axes)


def steps(context: Context, call: cst.Call, name: str, axes: int) -> Iterator[Step]:
    """The step for one call."""
    given = positionals(call)
    # With the third place the strides of Keras 2 begin; three sizes of a kernel are those of Keras 1 alone.
    is_old = name.rpartition(".")[2] in _OLD or context.era is Era.KERAS_1
    if len(given) < 1 + axes or (axes == 2 and not is_old):
        return
    sizes = given[1 : 1 + axes]
    if any(isinstance(arg.value, (cst.Tuple, cst.List, cst.SimpleString)) for arg in sizes):
        return
    pieces: list[str | cst.CSTNode] = ["("]
    for index, arg in enumerate(sizes):
        pieces += [", "] * (index > 0) + [arg.value]
    changes: tuple[Change, ...] = (Rewrite(sizes[0], (*pieces, ")")), *(RemoveArgument(call, arg) for arg in sizes[1:]))
    yield Step("convolutions", call, f"{name.rpartition('.')[2]} takes the sizes of its kernel as one", changes)

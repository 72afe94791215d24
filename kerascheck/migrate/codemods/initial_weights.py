"""`weights=[W, b]` of a layer: each of them is the initializer of its weight."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Change, Piece, RemoveArgument, Rewrite
from kerascheck.keras.changes import find_argument
from kerascheck.migrate.arguments import has_stars, keyword
from kerascheck.migrate.context import Context, Step

_KERNEL = ("kernel_initializer", "bias_initializer")
#: The initializers of a layer, in the order of its weights.
_INITIALIZERS = {
    "Embedding": ("embeddings_initializer",),
    "Dense": _KERNEL, "Conv1D": _KERNEL, "Conv2D": _KERNEL, "Conv3D": _KERNEL, "Conv2DTranspose": _KERNEL,
}  # fmt: skip


def find(context: Context) -> Iterator[Step]:
    """A step for each layer that is given its weights."""
    for call, name in context.called():
        given = keyword(call, "weights") if name.startswith("keras.layers.") else None
        if given is not None and find_argument(name, "weights") is not None:
            yield _step(context, call, given, _INITIALIZERS.get(name.rpartition(".")[2], ()))


def _step(context: Context, call: cst.Call, given: cst.Arg, names: tuple[str, ...]) -> Step:
    values = [one.value for one in given.value.elements] if isinstance(given.value, cst.List) else []
    if not 0 < len(values) <= len(names) or has_stars(call):
        return Step("arguments", given, "weights= of a layer is gone: use set_weights once it is built")
    spelled = context.spell("keras.initializers.Constant")
    pieces: list[Piece] = []
    for name, value in zip(names, values, strict=False):
        pieces += [", " if pieces else "", f"{name}={spelled.text}(", value, ")"]
    others = [arg for name in (*names[: len(values)], "init") if (arg := keyword(call, name)) is not None]
    changes: list[Change] = [Rewrite(given, tuple(pieces)), *(RemoveArgument(call, arg) for arg in others)]
    return Step("arguments", given, "weights= are the initializers of a layer", tuple(changes), spelled.needs)

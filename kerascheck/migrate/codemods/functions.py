"""`K.function` is `keras.Function`; and the ends of a Sequential, which it is often made of."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.fixes.changes import Rewrite
from kerascheck.migrate.arguments import has_stars, positionals
from kerascheck.migrate.context import Context, Step
from kerascheck.text.treewalk import walk

_ENDS = {"input": "inputs[0]", "output": "outputs[0]"}


def find(context: Context) -> Iterator[Step]:
    """A step for each function of the backend, and for each end of a Sequential."""
    for call, name in context.called():
        if name in ("keras.backend.function", "keras.backend.tensorflow_backend.function"):
            yield _step(context, call)
    for node in context.attributes:
        made = context.kinds.class_of(node.value) if node.attr.value in _ENDS else None
        if made == "keras.Sequential" and not context.names.is_written(node):
            message = f"a Sequential has {_ENDS[node.attr.value]}, and no {node.attr.value} before it is called"
            yield Step("attributes", node, message, (Rewrite(node.attr, (_ENDS[node.attr.value],)),))


def _step(context: Context, call: cst.Call) -> Step:
    given = positionals(call)
    names = [context.names.canonical(node.func) for node in walk(call) if isinstance(node, cst.Call)]
    learns = any(name is not None and name.endswith("learning_phase") for name in names)
    if len(given) != 2 or len(call.args) != 2 or has_stars(call) or learns:
        return Step("backend", call, "K.function is gone: make a keras.Function of its inputs and outputs")
    spelled = context.spell("keras.Function")
    note = "it gives tensors, where K.function gave arrays"
    return Step(
        "backend",
        call,
        "K.function is keras.Function",
        (Rewrite(call.func, (spelled.text,)),),
        spelled.needs,
        note=note,
    )

"""Calls whose result nothing keeps, where giving it is all that they do."""

from __future__ import annotations

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.machine.run import Run
from kerascheck.machine.values import NativeMethod, Scope, Value
from kerascheck.network.events import ResultDropped
from kerascheck.network.ir import Site
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Symbol

#: Methods of arrays and tables that give another one, unless they are told to write into something.
_OF_ARRAYS = frozenset(
    {
        "astype", "clip", "flatten", "ravel", "repeat", "reshape", "round", "squeeze", "swapaxes", "transpose",
        "drop", "dropna", "drop_duplicates", "fillna", "rename", "replace", "reset_index", "set_index", "sort_values",
    }
)  # fmt: skip
_NUMPY = frozenset(
    {
        "append", "clip", "concatenate", "delete", "expand_dims", "flip", "hstack", "insert", "moveaxis", "ravel",
        "repeat", "reshape", "roll", "sort", "squeeze", "stack", "swapaxes", "tile", "transpose", "vstack",
        "random.permutation",
    }
)  # fmt: skip
_FUNCTIONS = frozenset(
    {
        "keras.models.clone_model", "keras.models.load_model", "keras.models.model_from_json",
        "keras.preprocessing.sequence.pad_sequences", "keras.utils.pad_sequences", "keras.utils.to_categorical",
        "keras.utils.normalize", "tensorflow.cast", "tensorflow.expand_dims", "tensorflow.one_hot",
        "tensorflow.reshape", *(f"numpy.{name}" for name in _NUMPY),
    }
)  # fmt: skip
#: Arguments with which a call changes something after all.
_WRITING = frozenset({"out", "inplace", "copy"})


def note_dropped(run: Run, value: Value, node: cst.Call, scope: Scope) -> None:
    """Note that the call is a statement of its own, where it does nothing but give its result."""
    if any(arg.star or (arg.keyword is not None and arg.keyword.value in _WRITING) for arg in node.args):
        return
    site = Site(scope.file, node)
    if isinstance(value, Pipeline):
        step = value.steps[-1] if value.steps else None
        if step is not None and step.site.node is node and step.before is not None and value.kind == "tf.data":
            run.note(ResultDropped(step.name, "another data set", site))
        return
    name = _called(run, node.func, scope)
    if name is not None:
        run.note(ResultDropped(name, "another model" if isinstance(value, Network) else "a copy", site))


def _called(run: Run, callee: cst.BaseExpression, scope: Scope) -> str | None:
    """What is called, where it is one of those; looking it up again does nothing, as it is a chain of names."""
    first = callee
    while isinstance(first, cst.Attribute):
        first = first.value
    if not isinstance(first, cst.Name):
        return None
    function = run.evaluate(callee, scope)
    if isinstance(function, NativeMethod) and isinstance(function.receiver, Array):
        return function.name if function.name in _OF_ARRAYS else None
    return function.name if isinstance(function, Symbol) and function.name in _FUNCTIONS else None

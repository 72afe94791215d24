"""Elements of `tf.data`: tensors of what a dataset is made from, and what functions of the program give for one."""

from __future__ import annotations

from typing import Any

import libcst as cst

from kerascheck.data.array import Array
from kerascheck.data.elements import map_element, to_element, to_value
from kerascheck.data.graphs import traced
from kerascheck.data.refusals import refuses
from kerascheck.data.tensors import as_tensor_dtype
from kerascheck.data.values import as_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import BoundMethod, FunctionValue, ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def tensor_of(run: Run, value: Value) -> Array | Unknown:
    """`tf.convert_to_tensor(value)`: numbers of Python's own become 32 bits wide."""
    array = as_array(run, value)
    if array is None:
        return value if isinstance(value, Unknown) else Unknown("something that is not known as data")
    made = array.snapshot()
    made.birth, made.kind, made.columns, made.labels = run.tick(), "tensor", None, None
    if isinstance(value, (ListValue, tuple, int, float, range)):
        made.dtype = as_tensor_dtype(made.dtype)
    return made


def call_on_element(run: Run, function: Value, element: Any, site: Site) -> Value:
    """Call a function of the program on an element: the parts of a tuple are its arguments."""
    if isinstance(element, tuple):
        values = [to_value(run, part) for part in element]
    elif isinstance(element, Unknown):
        values = [Unknown(element.reason, ("element", run.tick())) for _ in range(_parameter_count(function))]
    else:
        values = [to_value(run, element)]
    most = _most_arguments(function)
    if most is not None and most < len(values):
        message = f"the elements have {len(values)} parts, each of which is an argument; this function takes {most}"
        return refuses(run, "TypeError", message, site)
    with traced():
        return run.call(function, Arguments([Given(value) for value in values], {}), site)


def _parameter_count(function: Value) -> int:
    """How many arguments a function needs."""
    inner = function.function if isinstance(function, BoundMethod) else function
    if not isinstance(inner, FunctionValue):
        return 1
    params = inner.node.params
    needed = [p for p in (*params.posonly_params, *params.params) if p.default is None]
    return max(len(needed) - isinstance(function, BoundMethod), 1)


def _most_arguments(function: Value) -> int | None:
    """How many arguments a function takes at most; None where there is no limit or it is not known."""
    if not isinstance(function, FunctionValue):
        return None
    params = function.node.params
    is_decorated = isinstance(function.node, cst.FunctionDef) and bool(function.node.decorators)
    if isinstance(params.star_arg, cst.Param) or is_decorated:
        return None
    return len(params.posonly_params) + len(params.params)


def result_element(run: Run, value: Value) -> Any:
    """What a function gives as an element: a list is a tuple of tensors, a list in it is one tensor."""
    if isinstance(value, ListValue) and value.unknown is None:
        value = tuple(value.items)
    return map_element(_result_part(run, value), _as_tensor)


def _result_part(run: Run, value: Value) -> Any:
    if isinstance(value, ListValue):
        return tensor_of(run, value)
    if isinstance(value, tuple):
        return tuple(_result_part(run, part) for part in value)
    return to_element(run, value)


def _as_tensor(part: Any) -> Any:
    if isinstance(part, Array) and part.kind != "tensor":
        made = part.snapshot()
        made.kind = "tensor"
        return made
    return part

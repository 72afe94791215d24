"""Which shapes Keras 3 hands to `build` and `compute_output_shape` of a layer: parameters are named after them.

Source: `CallSpec`, `get_shapes_dict` and `update_shapes_dict_for_target_fn` in keras/src/layers/layer.py of Keras 3.15.
"""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.run import Run
from kerascheck.machine.values import BoundMethod, DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Tensor
from kerascheck.symbolic.unknown import Unknown

_SUFFIX = "_shape"
_NO_TENSORS = object()


def shape_arguments(run: Run, method: BoundMethod, call: BoundMethod, arguments: Arguments) -> Arguments | Unknown:
    """What `build` or `compute_output_shape` is called with when the layer is called with these arguments.

    Args:
        method: `build` or `compute_output_shape`.
        call: the `call` of the same layer.
        arguments: those of the call of the layer.
    """
    names, receiving = parameters(method), parameters(call)
    if names is None or receiving is None or arguments.open_positional or arguments.open_keywords:
        return Unknown("which shapes it is handed")
    shapes: dict[str, Value] = {}
    for position, name in enumerate(receiving):
        given = arguments.positional[position] if position < len(arguments.positional) else arguments.keywords.get(name)
        shape = _NO_TENSORS if given is None or name == "mask" else _shapes(run, given.value)
        if shape is not _NO_TENSORS:
            shapes[name + _SUFFIX] = shape
    if len(names) == 1:  # whatever its name is
        return Arguments([Given(next(iter(shapes.values()), None))], {})
    known = {name + _SUFFIX for name in receiving}
    if not all(name in known for name in names):
        return Unknown("parameters that are named after no argument of call")
    return Arguments([], {name: Given(shapes[name]) for name in names if name in shapes})


def first_by_position(call: BoundMethod | None, arguments: Arguments) -> Arguments:
    """The same arguments, with the first of `call` given by position where it is given by its name."""
    names = parameters(call) if call is not None and not arguments.positional else None
    if not names or names[0] not in arguments.keywords or arguments.open_positional:
        return arguments
    keywords = dict(arguments.keywords)
    first = keywords.pop(names[0])
    return Arguments([first], keywords, open_keywords=arguments.open_keywords, call=arguments.call)


def parameters(method: BoundMethod) -> list[str] | None:
    """The names behind `self` that take one argument each; None where they are not plain to see."""
    node = method.function.node
    if isinstance(node, cst.Lambda) or node.decorators:
        return None
    params = node.params
    return [param.name.value for param in (*params.posonly_params, *params.params, *params.kwonly_params)][1:]


def _shapes(run: Run, value: Value) -> Value:
    """The shapes in an argument, in its structure; `_NO_TENSORS` where it is none of tensors."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, Unknown):
        return Unknown(f"its shape: {value.reason}")
    if isinstance(value, (ListValue, tuple)):
        if isinstance(value, ListValue) and value.unknown is not None:
            return Unknown(f"its shape: {value.unknown.reason}")
        items = value.items if isinstance(value, ListValue) else list(value)
        parts = [None if item is None else _shapes(run, item) for item in items]
        if not any(item is not None for item in items) or _NO_TENSORS in parts:
            return _NO_TENSORS
        return tuple(parts) if isinstance(value, tuple) else run.new_list(parts)
    if isinstance(value, DictValue) and value.unknown is None and value.items:
        entries = {key: None if item is None else _shapes(run, item) for key, item in value.items.items()}
        return _NO_TENSORS if _NO_TENSORS in entries.values() else run.new_dict(entries)
    return _NO_TENSORS

"""Structures of tensors: lists, tuples and dictionaries of them, and of their shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kerascheck.machine.keras.calling import input_tensors
from kerascheck.machine.keras.freeze import as_shape
from kerascheck.machine.run import Run
from kerascheck.machine.values import DictValue, ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Tensor
from kerascheck.symbolic.unknown import Undetermined, Unknown


def all_tensors(arguments: Arguments) -> list[Tensor]:
    found: list[Tensor] = []
    for given in (*arguments.positional, *arguments.keywords.values()):
        found += input_tensors(given.value, True) or []
    return found


def same_shapes(tensors: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """Whether these are as many tensors of the same known shapes."""
    return len(tensors) == len(others) and all(
        not isinstance(one.shape, Unknown) and one.shape == other.shape
        for one, other in zip(tensors, others, strict=True)
    )


def tensors_of_shapes(run: Run, value: Value) -> Value:
    """Tensors for a shape, or for a structure of shapes."""
    items = value.items if isinstance(value, ListValue) and value.unknown is None else value
    if isinstance(items, (list, tuple)) and items and isinstance(items[0], (list, tuple, ListValue)):
        return run.new_list([tensors_of_shapes(run, item) for item in items])
    if isinstance(value, DictValue) and value.unknown is None:
        return run.new_dict({key: tensors_of_shapes(run, item) for key, item in value.items.items()})
    return Tensor(as_shape(value))


def shape_structure(run: Run, value: Value) -> Value:
    """The shapes of the inputs, in the structure of the inputs."""
    if isinstance(value, Tensor):
        return value.shape
    if isinstance(value, (ListValue, tuple)):
        items = value.items if isinstance(value, ListValue) else list(value)
        return run.new_list([shape_structure(run, item) for item in items])
    if isinstance(value, DictValue):
        return run.new_dict({key: shape_structure(run, item) for key, item in value.items.items()})
    return None


def map_tensors(run: Run, value: Value, change: Callable[[Tensor], Tensor]) -> Value:
    """The same structure with every tensor replaced."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, ListValue) and value.unknown is None:
        return run.new_list([map_tensors(run, item, change) for item in value.items])
    if isinstance(value, tuple):
        return tuple(map_tensors(run, item, change) for item in value)
    if isinstance(value, DictValue) and value.unknown is None:
        return run.new_dict({key: map_tensors(run, item, change) for key, item in value.items.items()})
    return value


def known_shapes(result: Value, cls: str) -> list[Shape]:
    tensors = input_tensors(result)
    if tensors is None:
        raise Undetermined(result.reason if isinstance(result, Unknown) else f"what {cls} returns is not known")
    shapes: list[Shape] = []
    for tensor in tensors:
        if isinstance(tensor.shape, Unknown):
            raise Undetermined(tensor.shape.reason)
        shapes.append(tensor.shape)
    return shapes

"""One layer built twice: by kerascheck from shapes alone, and by the installed Keras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kerascheck.layers.configuring import configure
from kerascheck.layers.registry import find
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import BuiltinLayer
from kerascheck.symbolic.unknown import KerasError, Undetermined


@dataclass(frozen=True)
class Spec:
    """A layer to build: class name, positional and keyword arguments (which may hold further Specs)."""

    cls: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        parts = [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
        return f"{self.cls}({', '.join(parts)})"


def L(cls: str, *args: Any, **kwargs: Any) -> Spec:
    """Short for Spec."""
    return Spec(cls, args, kwargs)


@dataclass(frozen=True)
class Case:
    """A layer and the inputs it is called on."""

    layer: Spec
    shapes: tuple[Shape, ...]
    #: "one": a tensor; "list": a list of tensors; "states": a tensor, then `initial_state`; or keyword names.
    call: str | tuple[str, ...] = "one"
    dtype: str = "float32"

    def __repr__(self) -> str:
        return f"{self.layer!r} on {', '.join(map(str, self.shapes))}" + (
            "" if self.call == "one" else f" ({self.call})"
        )


@dataclass(frozen=True)
class Built:
    """What came out: shapes, trainable and frozen parameters."""

    outputs: tuple[Shape, ...]
    trainable: Any
    frozen: Any
    dtypes: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Refused:
    """An error instead."""

    why: str


@dataclass(frozen=True)
class NotKnown:
    """kerascheck says that it cannot know."""

    why: str


def layer_of(spec: Spec, dialect: int = 3) -> BuiltinLayer:
    """Our layer. Raises KerasError."""
    definition = find(spec.cls)
    assert definition is not None, f"{spec.cls} has no definition"
    arguments = Arguments([Given(_ours(a)) for a in spec.args], {k: Given(_ours(v)) for k, v in spec.kwargs.items()})
    return BuiltinLayer(definition, configure(definition, arguments, spec.cls, dialect), spec.cls.lower(), None)


def _ours(value: Any) -> Any:
    if isinstance(value, Spec):
        return layer_of(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_ours(v) for v in value)
    return value


def ours(case: Case, dialect: int = 3) -> Built | Refused | NotKnown:
    """What kerascheck says."""
    try:
        layer = layer_of(case.layer, dialect)
        outputs = layer.infer(list(case.shapes))
        trainable, frozen = layer.count_params()
    except KerasError as error:
        return Refused(error.message)
    except Undetermined as undetermined:
        return NotKnown(undetermined.reason)
    return Built(tuple(outputs), trainable, frozen)


def _theirs(keras: Any, value: Any) -> Any:
    if isinstance(value, Spec):
        arguments = [_theirs(keras, a) for a in value.args]
        return getattr(keras.layers, value.cls)(*arguments, **{k: _theirs(keras, v) for k, v in value.kwargs.items()})
    if isinstance(value, (list, tuple)):
        return type(value)(_theirs(keras, v) for v in value)
    return value


def theirs(keras: Any, case: Case) -> Built | Refused:
    """What the installed Keras does."""
    try:
        layer = _theirs(keras, case.layer)
        tensors = [keras.KerasTensor(shape, dtype=case.dtype) for shape in case.shapes]
        if isinstance(case.call, tuple):
            result = layer(**dict(zip(case.call, tensors, strict=True)))
        elif case.call == "list":
            result = layer(tensors)
        elif case.call == "states":
            result = layer(tensors[0], initial_state=tensors[1:])
        else:
            result = layer(*tensors)
    except Exception as error:
        return Refused(f"{type(error).__name__}: {error}")
    flat = keras.tree.flatten(result)
    return Built(
        tuple(tuple(tensor.shape) for tensor in flat),
        _count(layer.trainable_weights),
        _count(layer.non_trainable_weights),
        tuple(tensor.dtype for tensor in flat),
    )


def _count(weights: Sequence[Any]) -> int:
    total = 0
    for weight in weights:
        size = 1
        for dim in weight.shape:
            size *= dim
        total += size
    return total


#: Why kerascheck may honestly not know, though Keras does.
HONEST = (
    "come nested",
    "expects inputs of rank",
    "from its vocabulary",
    "unusual rank",
    "several outputs",
    "list of one output",
)


def disagreement(keras: Any, case: Case) -> str | None:
    """What kerascheck and Keras say differently about the case, or None."""
    mine, real = ours(case), theirs(keras, case)
    if isinstance(mine, NotKnown):
        honest = any(reason in mine.why for reason in HONEST)
        return None if honest else f"{case!r}: kerascheck does not know ({mine.why}), Keras says {real}"
    if isinstance(mine, Refused) and isinstance(real, Refused):
        return None
    if mine == real:
        return None
    return f"{case!r}\n  kerascheck: {mine}\n  Keras:      {real}"

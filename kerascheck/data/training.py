"""The data of a training call, one place for all its forms: arrays, lists, dictionaries, streams, validation data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.keras.signatures import TRAINING
from kerascheck.network.arguments import Absent, Arguments, CannotTell
from kerascheck.network.ir import Tensor
from kerascheck.network.program import TrainCall
from kerascheck.symbolic.unknown import Unknown

#: One array, several in order, several by name, or why it is not known. None: not given.
Part = Array | list["Array | Unknown"] | dict[str, "Array | Unknown"] | Unknown | None


@dataclass(frozen=True)
class Data:
    """Features, targets and weights, with the batch axis first in each.

    `stream` is where they come from if not from arrays; then the first axis is that of a batch (None where its size
    varies), and numbers of samples are not comparable.
    """

    x: Part
    y: Part
    weights: Part = None
    stream: Pipeline | None = None

    @property
    def is_stream(self) -> bool:
        """Whether batches come from a stream rather than being cut from arrays."""
        return self.stream is not None


class Raw(NamedTuple):
    """Features, targets and weights as values of the program, None where they are not given, and their stream."""

    x: Any
    y: Any = None
    weights: Any = None
    stream: Pipeline | None = None


#: The methods that show a model data; the first call of one builds a model that is not built.
TRAINING_METHODS = tuple(TRAINING)

#: Methods that leave a model, or a layer, as it is, but for its weights.
USING_METHODS = frozenset(
    {
        *TRAINING_METHODS, "count_params", "export", "get_config", "get_layer", "get_weights", "load_weights",
        "reset_metrics", "reset_states", "save", "save_weights", "set_weights", "summary", "to_json", "to_yaml",
    }
)  # fmt: skip

#: Those that change weights.
FITTING = frozenset({"fit", "fit_generator", "train_on_batch"})


def training_data(call: TrainCall) -> Data:
    """What the call trains, evaluates or predicts on."""
    return _as_data(*raw_data(call.arguments))


def raw_data(arguments: Arguments) -> Raw:
    """The features, targets and weights that a training call is given, as the program gives them.

    The arguments know the parameters of the method.
    """
    x = argument(arguments, "x")
    if x is None:
        x = argument(arguments, "generator")
    return _taken_apart(x, argument(arguments, "y"), argument(arguments, "sample_weight"))


def validation_data(call: TrainCall) -> Data | None:
    """The `validation_data` of a `fit`; None where none is given."""
    raw = raw_validation_data(call.arguments)
    return None if raw is None else _as_data(*raw)


def raw_validation_data(arguments: Arguments) -> Raw | None:
    """The `validation_data` of a `fit` as the program gives it; None where none is given."""
    value = argument(arguments, "validation_data")
    if value is None:
        return None
    if isinstance(value, (list, tuple)) and 1 <= len(value) <= 3:
        return Raw(*value)
    return _taken_apart(value, None, None)


def argument(arguments: Arguments, name: str) -> Any:
    """The value of an argument: None where it is not given, Unknown where that cannot be told."""
    found = arguments.get(name)
    if isinstance(found, Absent):
        return None
    if isinstance(found, CannotTell):
        return Unknown(f"{name} may be given through * or ** arguments")
    return found.value


def _taken_apart(x: Any, y: Any, weights: Any) -> Raw:
    """A stream yields features, targets and weights itself."""
    if not isinstance(x, Pipeline):
        return Raw(x, y, weights)
    element = x.element
    if isinstance(element, (tuple, list)):
        items = [*element, None, None]
        return Raw(items[0], items[1], items[2], x)
    return Raw(element, None, None, x)


def _as_data(x: Any, y: Any, weights: Any, stream: Pipeline | None) -> Data:
    return Data(part(x), part(y), part(weights), stream)


def part(value: Any) -> Part:
    """One argument of a training call as arrays. A list of numbers is an array, a list of arrays are several."""
    if isinstance(value, Array) and value.kind == "list":
        return Unknown("a list of samples")
    if value is None or isinstance(value, (Array, Unknown)):
        return value
    if isinstance(value, Tensor):
        return Array(value.shape, value.dtype, kind="tensor")
    if isinstance(value, dict):
        return {str(key): _one(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if any(isinstance(item, (Array, Tensor)) for item in value):
            return [_one(item) for item in value]
        from kerascheck.data.values import literal_array

        made = literal_array(_plain(value)) if _is_plain(value) else None
        return made if made is not None else Unknown("a list that is not known")
    return Unknown("data that is not known")


def _one(value: Any) -> Array | Unknown:
    found = part(value)
    return found if isinstance(found, (Array, Unknown)) else Unknown("an input that is not known")


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return isinstance(value, (bool, int, float, str))


def _plain(value: Any) -> Any:
    return tuple(map(_plain, value)) if isinstance(value, (list, tuple)) else value


def arrays_of(value: Part) -> list[Array]:
    """The arrays of a part that are known."""
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Array)]

"""The data of a training call, one place for all its forms: arrays, lists, dictionaries, streams, validation data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kerascheck.data.array import Array
from kerascheck.data.pipeline import Pipeline
from kerascheck.network.arguments import Absent, Arguments, CannotTell
from kerascheck.network.ir import Tensor, TrainCall
from kerascheck.symbolic import Unknown

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


#: Where each method takes what: positions of x, y, sample_weight (None: by keyword only, or not at all).
_POSITIONS: dict[str, tuple[int, int | None, int | None]] = {
    "fit": (0, 1, 10),
    "evaluate": (0, 1, 4),
    "predict": (0, None, None),
    "train_on_batch": (0, 1, 2),
    "test_on_batch": (0, 1, 2),
    "predict_on_batch": (0, None, None),
    "fit_generator": (0, None, None),
    "evaluate_generator": (0, None, None),
    "predict_generator": (0, None, None),
    "predict_classes": (0, None, None),
    "predict_proba": (0, None, None),
}


def training_data(call: TrainCall) -> Data:
    """What the call trains, evaluates or predicts on."""
    at_x, at_y, at_weights = _POSITIONS.get(call.method, (0, 1, None))
    arguments = call.arguments
    x = _argument(arguments, "x", at_x)
    if x is None:
        x = _argument(arguments, "generator", None)
    y = _argument(arguments, "y", at_y) if at_y is not None else None
    weights = _argument(arguments, "sample_weight", at_weights) if at_weights is not None else None
    return _data(x, y, weights)


def validation_data(call: TrainCall) -> Data | None:
    """The `validation_data` of a `fit`; None where none is given."""
    value = _argument(call.arguments, "validation_data", 7 if call.method == "fit" else None)
    if value is None:
        return None
    if isinstance(value, (list, tuple)) and 2 <= len(value) <= 3:
        return _data(*value)
    return _data(value, None, None)


def _argument(arguments: Arguments, name: str, position: int | None) -> Any:
    found = arguments.get(name, position)
    if isinstance(found, Absent):
        return None
    if isinstance(found, CannotTell):
        return Unknown(f"{name} may be given through * or ** arguments")
    return found.value


def _data(x: Any, y: Any, weights: Any = None) -> Data:
    if isinstance(x, Pipeline):
        return _from_stream(x)
    return Data(part(x), part(y), part(weights))


def _from_stream(stream: Pipeline) -> Data:
    element = stream.element
    if isinstance(element, (tuple, list)):
        items = [*element, None, None]
        return Data(part(items[0]), part(items[1]), part(items[2]), stream)
    return Data(part(element), None, None, stream)


def part(value: Any) -> Part:
    """One argument of a training call as arrays. A list of numbers is an array, a list of arrays are several."""
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

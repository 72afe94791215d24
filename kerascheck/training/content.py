"""What the numbers themselves say: class numbers and word numbers beyond what the model knows."""

from __future__ import annotations

from dataclasses import dataclass

from kerascheck.data.array import Array, is_float
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Layer
from kerascheck.symbolic.unknown import Unknown


@dataclass(frozen=True)
class IndexProblem:
    """Word numbers that an Embedding refuses, or takes for others."""

    message: str
    refused: bool = True


def _extremes(array: Array) -> tuple[float, float] | None:
    """The smallest and the largest number, where both surely occur."""
    content = array.content
    if content.values:
        return min(content.values), max(content.values)
    if content.attained and content.low is not None and content.high is not None:
        return content.low, content.high
    return None


def class_problem(loss: str, targets: Array, outputs: Shape | Unknown) -> str | None:
    """Why class numbers do not fit the units, None where they may."""
    extremes = _extremes(targets)
    if loss != "sparse_categorical_crossentropy" or extremes is None or isinstance(outputs, Unknown) or not outputs:
        return None
    if "pixels" in targets.content.tags:
        return None  # a mask that is stored as an image need not go up to 255
    low, high = extremes
    units = outputs[-1]
    if not isinstance(units, int) or (low >= 0 and int(high) < units):
        return None
    known = f"the output has {units} unit{'s' if units > 1 else ''}, for the classes 0 to {units - 1}"
    if low < 0:
        return f"the class numbers begin at {low:g}; {known}"
    advice = f"subtract {low:g}" if low >= 1 and high - low < units else f"use {int(high) + 1} units"
    return f"the class numbers go up to {high:g}; {known}; {advice}"


def index_problem(layer: Layer, data: Array, label: str) -> IndexProblem | None:
    """What is wrong with the numbers that an Embedding gets.

    On a CPU TensorFlow refuses numbers beyond the end; negative ones count from the end, as in numpy (Keras 3.15).
    """
    size, extremes = layer.config.get("input_dim"), _extremes(data)
    if isinstance(size, bool) or not isinstance(size, int) or extremes is None:
        return None
    low, high = extremes
    known = f"{layer.title} has input_dim={size}, for the numbers 0 to {size - 1}"
    if int(high) >= size:
        return IndexProblem(f"{label} has numbers up to {high:g}; {known}; use input_dim={int(high) + 1}")
    if int(low) < -size:
        return IndexProblem(f"{label} has numbers from {low:g}; {known}")
    if int(low) < 0:
        return IndexProblem(f"{label} has numbers from {low:g}, which count from the end; {known}", refused=False)
    if is_float(data.dtype) and _is_fractional(data):
        message = f"{layer.title} truncates the fractions of {label}, between {low:g} and {high:g}, to integers"
        return IndexProblem(message, refused=False)
    return None


def category_problem(layer: Layer, data: Array, label: str) -> IndexProblem | None:
    """What is wrong with the numbers that a CategoryEncoding gets: TensorFlow leaves out those beyond the end."""
    size, extremes = layer.config.get("num_tokens"), _extremes(data)
    if isinstance(size, bool) or not isinstance(size, int) or extremes is None:
        return None
    low, high = extremes
    if low >= 0 and int(high) < size:
        return None
    known = f"{layer.title} has num_tokens={size}, for the numbers 0 to {size - 1}"
    beyond = f"up to {high:g}" if int(high) >= size else f"from {low:g}"
    return IndexProblem(f"{label} has numbers {beyond}, which are left out; {known}", refused=False)


def _is_fractional(data: Array) -> bool:
    """Whether many of the numbers surely are no integers."""
    content = data.content
    if content.values is not None:
        return any(value != int(value) for value in content.values)
    if content.tags & {"standardized", "scaled"}:
        return True
    return content.low is not None and content.high is not None and content.attained and content.high - content.low <= 1


#: What judges the numbers that a layer gets which reads the input itself.
JUDGES = {"Embedding": index_problem, "CategoryEncoding": category_problem}

"""Steps that change nothing about shapes and that rules want to see: decisions on predictions, numbers that are none.

What a model predicts carries the tag `prediction:<n>`, n being its place in `Program.trainings`. The functions here are
called beside what they watch; they note a `Preparation` of kind "decode", "compare", "undefined" or "reshape". The
classes that are made of predictions carry the tag `decided`.
"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.methods import Method
from kerascheck.data.registry import Function
from kerascheck.data.samples import prepared
from kerascheck.data.values import as_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site

PREDICTION = "prediction:"
DECIDED = "decided"

#: Functions that make classes of predictions, and methods.
_DECISIONS = frozenset(
    {f"numpy.{name}" for name in ("argmax", "argmin", "round", "around", "round_", "rint", "floor", "ceil", "trunc")}
)
_METHODS = frozenset({"argmax", "argmin", "round", "astype"})
#: Functions that are not defined for all numbers: the bound, and whether the bound itself is one of those.
_PARTIAL = {
    "numpy.log": (0.0, True), "numpy.log2": (0.0, True), "numpy.log10": (0.0, True), "numpy.log1p": (-1.0, True),
    "numpy.sqrt": (0.0, False),
}  # fmt: skip


def is_prediction(value: Value) -> bool:
    """Whether these are numbers as a model gave them."""
    return isinstance(value, Array) and any(tag.startswith(PREDICTION) for tag in value.content.tags)


def observed_function(name: str, function: Function | None) -> Function | None:
    """The function, or one that notes what it is used for and then does the same."""
    if function is None or (name not in _DECISIONS and name not in _PARTIAL and name != "numpy.reshape"):
        return function
    inner = function

    def call(run: Run, called: str, arguments: Arguments, site: Site) -> Value:
        value = arguments.positional[0].value if arguments.positional else None
        if called == "numpy.reshape":
            return _reshaped(run, called, value, arguments, site, inner(run, called, arguments, site))
        if called in _PARTIAL:
            _note_undefined(run, called, value, arguments, site)
            return inner(run, called, arguments, site)
        return _decided(run, called, value, arguments, site, inner(run, called, arguments, site))

    return call


def observed_method(name: str, method: Method) -> Method:
    """The same for a method of arrays."""
    if name not in _METHODS and name != "reshape":
        return method

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        if name == "reshape":
            return _reshaped(run, "numpy.ndarray.reshape", array, arguments, site, method(run, array, arguments, site))
        return _decided(run, f"numpy.ndarray.{name}", array, arguments, site, method(run, array, arguments, site))

    return call


def _reshaped(run: Run, name: str, value: Value, arguments: Arguments, site: Site, result: Value) -> Value:
    """Note a reshape that keeps the number of axes."""
    if isinstance(value, Array) and isinstance(result, Array) and value.ndim == result.ndim and (value.ndim or 0) > 2:
        prepared(run, "reshape", name, [value, result], site, arguments)
    return result


def _decided(run: Run, name: str, value: Value, arguments: Arguments, site: Site, result: Value) -> Value:
    """Note a decision on predictions; what comes out are no predictions any more."""
    if not is_prediction(value) or _keeps_digits(name, arguments):
        return result
    prepared(run, "decode", name, [value], site, arguments)
    if isinstance(result, Array) and (not name.endswith("astype") or result.dtype != value.dtype):
        result.content = result.content.copy()
        before = {tag.removeprefix(PREDICTION) for tag in value.content.tags if tag.startswith(PREDICTION)}
        result.content.tags = frozenset(tag for tag in result.content.tags if not tag.startswith(PREDICTION)) | {
            DECIDED, *(f"{DECIDED}:{number}" for number in before)
        }  # fmt: skip
    return result


def _keeps_digits(name: str, arguments: Arguments) -> bool:
    """Whether numbers are only rounded for show: `predictions.round(2)` decides nothing."""
    word = name.rpartition(".")[2]
    if word not in ("round", "around", "round_"):
        return False
    return bool(arguments.value("decimals", 0 if name.startswith("numpy.ndarray.") else 1, 0) != 0)


def _note_undefined(run: Run, name: str, value: Value, arguments: Arguments, site: Site) -> None:
    array = as_array(run, value) if isinstance(value, Array) else None
    bound, included = _PARTIAL[name]
    low = _least(array.content) if array is not None else None
    if low is not None and (low < bound or (included and low == bound)):
        prepared(run, "undefined", name, [value], site, arguments)


def _least(content: Content) -> float | None:
    """The smallest number that surely occurs."""
    if content.values is not None:
        return min(content.values)
    return content.low if content.attained else None


def note_division(run: Run, left: Array, right: Array, site: Site) -> None:
    """`left / right`: division by numbers that surely are 0."""
    values = right.content.values
    if (values is not None and 0 in values) or right.content.single() == 0:
        prepared(run, "undefined", "division", [left, right], site, Arguments([], {}))


def note_comparison(run: Run, left: Value, right: Value, op: str, site: Site) -> None:
    """`predictions > 0.5`, `predictions == labels`."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Array) and (
            is_prediction(one) or (isinstance(one, Array) and DECIDED in one.content.tags)
        ):
            prepared(run, "compare", op, [left, right], site, Arguments([Given(left), Given(right)], {}))
            break
    for one, other in ((left, right), (right, left)):
        if is_prediction(one):
            prepared(run, "decode", op, [one], site, Arguments([Given(one), Given(other)], {}))
            return

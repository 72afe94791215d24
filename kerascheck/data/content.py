"""What is known of the numbers in an array, without any of the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from kerascheck.symbolic.journal import Versioned, set_unnoted

MAX_VALUES = 1_000  # distinct values that are kept
MAX_VIEWS = 100  # views on one array that are followed


def plain(number: float) -> float:
    """A number as one of Python's own: numpy's compute otherwise."""
    if type(number) in (int, float):
        return number
    return float(number) if isinstance(number, float) else int(number)


#: No integer in an array is larger.
_MAX_INTEGER = 2**64


def _is_number(value: float) -> bool:
    """Whether an array can hold it as a number that says something."""
    return math.isfinite(value) if isinstance(value, float) else abs(value) < _MAX_INTEGER


def _finite(bound: float) -> float | None:
    """A bound, unless it is none."""
    return plain(bound) if _is_number(bound) else None


def power(base: float, exponent: float) -> float:
    """`base ** exponent`, as a float where the integer would be large. Raises OverflowError."""
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent >= 64:
        return float(float(base) ** exponent)
    return float(base**exponent) if exponent < 0 else base**exponent


class Origin(NamedTuple):
    """What numbers are in terms of the numbers of another array: what `x - x.mean(axis=0)` and the like are known by.

    `kind`: "mean", "std", "min", "max", "range" (largest less smallest) of them over `axis`, or all of them
    "centered" (less their mean), "standardized" (divided by their deviation, too) or "shifted" (less their smallest);
    "steps": those of the second axis from one number to another, which are the `axis` then.
    """

    kind: str
    state: object  # the state of the other array's content then
    axis: Hashable
    source: Hashable = None  # the data set that the other array is of


#: Tags that tell how the numbers are spread: mean 0 and deviation 1, or both far below and far above 0.
DISTRIBUTIONS = frozenset({"standardized", "unbounded"})
#: The tag of numbers that are as a model has predicted them.
AS_PREDICTED = "as predicted"
#: The tag of numbers that surely have many fractions among them, and of those that were rounded.
FRACTIONS, ROUNDED = "fractions", "rounded"
#: The tag of indicators of classes that lack the first one.
FIRST_DROPPED = "first dropped"
#: Tags that any change of the numbers ends.
FLEETING = DISTRIBUTIONS | {AS_PREDICTED, ROUNDED}


class Content(Versioned):
    """Bounds, distinct values and history of the numbers in an array. Shared by an array and its views.

    Everything is a claim that surely holds, or None. NaN is within all bounds. `attained` says that the bounds are more
    than bounds: values at (or close to) both of them do occur in the data.
    """

    __slots__ = ("_family", "attained", "distinct", "high", "low", "one_hot", "origin", "state", "tags", "values")

    low: float | None
    high: float | None
    attained: bool
    values: frozenset[float] | None
    one_hot: bool | None
    tags: frozenset[str]
    distinct: int | None
    origin: Origin | None
    state: object
    _family: list[Content] | None

    def __init__(
        self,
        low: float | None = None,
        high: float | None = None,
        attained: bool = False,
        values: frozenset[float] | None = None,
        one_hot: bool | None = None,
        tags: frozenset[str] = frozenset(),
    ) -> None:
        low, had_low = low if low is None else _finite(low), low is not None
        high, had_high = high if high is None else _finite(high), high is not None
        attained = attained and had_low is (low is not None) and had_high is (high is not None)
        put = set_unnoted  # there are many of these
        put(self, "low", low)
        put(self, "high", high)
        put(self, "attained", attained)
        put(self, "values", values)  # exactly the values that occur
        put(self, "one_hot", one_hot)  # whether each row (the last axis) has a single 1 and is 0 elsewhere
        #: History: "pixels", "raw" (as a file has it), "standardized", "unbounded", "preprocess:resnet50".
        put(self, "tags", tags)
        put(self, "distinct", None)  # how many values occur, where that alone is known (texts)
        put(self, "origin", None)
        put(self, "state", object())  # equal for equal numbers; another one after each change
        put(self, "_family", None)  # the arrays that share memory with this one

    @staticmethod
    def of_values(values: Iterable[float]) -> Content:
        """Numbers that all occur."""
        distinct = frozenset(map(plain, values))
        if not distinct or not all(map(_is_number, distinct)):
            return Content()
        if len(distinct) > MAX_VALUES:
            return Content(min(distinct), max(distinct), True)
        return Content(min(distinct), max(distinct), True, distinct)

    def copy(self) -> Content:
        """The same claims, not shared."""
        made = Content(self.low, self.high, self.attained, self.values, self.one_hot, self.tags)
        made.origin, made.state, made.distinct = self.origin, self.state, self.distinct
        return made

    def set(self, other: Content) -> None:
        """Take over the claims of another: all numbers were replaced."""
        self.low, self.high, self.attained = other.low, other.high, other.attained
        self.values, self.one_hot, self.tags = other.values, other.one_hot, other.tags
        self.origin, self.state = other.origin, other.state if other is not self else object()
        self.distinct = other.distinct
        for member in self._family or ():
            if member is not self:
                member._blend(other)

    def forget(self) -> None:
        """Anything may be in there now."""
        self.set(Content())

    def mix(self, other: Content) -> None:
        """Some of the numbers may have been replaced by numbers of the other."""
        for member in self._family or (self,):
            member._blend(other)

    def _blend(self, other: Content) -> None:
        merged = union(self, other)
        self.low, self.high, self.attained = merged.low, merged.high, False
        self.values, self.one_hot, self.tags, self.distinct = None, None, merged.tags, None
        self.origin, self.state = None, object()

    def reorder(self) -> None:
        """The same numbers in other places."""
        claims = (self.low, self.high, self.attained, self.values, self.tags)
        self.mix(self.copy())
        self.low, self.high, self.attained, self.values, self.tags = claims

    def subset(self, is_large: bool = True) -> Content:
        """Claims on some of the numbers: the bounds hold, what was done to them holds, which occur is not known.

        `is_large`: whether a large mixed data set is still one.
        """
        tags = self.tags if is_large else self.tags - {"dataset"}
        return Content(self.low, self.high, self.attained and self.is_mass and is_large, None, self.one_hot, tags)

    def view(self, part: Content | None = None) -> Content:
        """`part` (else `subset`) as a view: what is written to either is seen in the other."""
        part = self.subset() if part is None else part
        if self._family is None:
            self._family = [self]
        part._family = self._family
        if len(self._family) < MAX_VIEWS:
            self._family.append(part)
        else:
            part.low = part.high = part.values = part.one_hot = part.origin = part.distinct = None
            part.attained, part.tags = False, frozenset()
        return part

    def is_seen_by(self, other: Content) -> bool:
        """Whether the other one is a view on these numbers, which are no view themselves."""
        return self._family is not None and self._family is other._family and self._family[0] is self

    def rearranged(self) -> Content:
        """Claims on the same numbers in another order or shape."""
        made = self.copy()
        made.one_hot, made.origin, made.state = None, None, object()
        return made

    @property
    def is_mass(self) -> bool:
        """Whether the data set is large and mixed, so that any large part of it looks like the whole."""
        return "dataset" in self.tags

    @property
    def spread_state(self) -> object:
        """The state whose deviation and range these numbers have: moving them changes neither."""
        moved = self.origin is not None and self.origin.kind in ("centered", "shifted")
        return self.origin.state if moved and self.origin is not None else self.state

    def single(self) -> float | None:
        """The only value that occurs, None where that is not known."""
        return self.low if self.low is not None and self.low == self.high else None

    def map(self, function: Callable[[float], float], is_rising: bool = True, is_linear: bool = False) -> Content:
        """The numbers after a monotonic function; unless it is linear, numbers close to a bound may end far from it."""
        try:
            bounds = [None if bound is None else function(bound) for bound in (self.low, self.high)]
            values = None if self.values is None else frozenset(map(function, self.values))
        except (ArithmeticError, ValueError):
            return Content()
        if not is_rising:
            bounds.reverse()
        attained = self.attained and (values is not None or is_linear)
        return Content(bounds[0], bounds[1], attained, values, None, self.tags)

    def __repr__(self) -> str:
        shown = f", {sorted(self.values)}" if self.values and len(self.values) <= 10 else ""
        return f"Content({self.low}..{self.high}{shown})"


def union(left: Content, right: Content) -> Content:
    """Numbers of both."""
    values = left.values | right.values if left.values is not None and right.values is not None else None
    return Content(
        None if left.low is None or right.low is None else min(left.low, right.low),
        None if left.high is None or right.high is None else max(left.high, right.high),
        left.attained and right.attained,
        values if values is not None and len(values) <= MAX_VALUES else None,
        (left.one_hot and right.one_hot) or None,
        left.tags & right.tags,
    )


def _bound(left: float | None, right: float | None, compute: Callable[[float, float], float]) -> float | None:
    return None if left is None or right is None else compute(left, right)


def arithmetic(op: str, left: Content, right: Content, source: Hashable = None) -> Content:
    """The numbers of `left op right`, element by element: bounds by interval arithmetic; history is lost.

    With a single number on one side the bounds stay attained and the history goes on. Subtracting statistics of an
    array from it and dividing it by them is known for what it is; `source` is the data set that `left` is of.
    """
    try:
        result = _interval(op, left, right)
    except ArithmeticError:
        result = Content()
    for side in ("low", "high"):
        bound = getattr(result, side)
        if isinstance(bound, float) and math.isnan(bound):
            setattr(result, side, None)
            result.attained = False
    single = left.single() if left.single() is not None else right.single()
    other = right if left.single() is not None else left
    if single is not None and op in ("Add", "Subtract", "Multiply", "Divide"):
        result.attained = other.attained and result.low is not None and result.high is not None
        is_same = single == (1 if op in ("Multiply", "Divide") else 0) and other is left
        result.tags = other.tags if is_same else other.tags - FLEETING
        result.values = _map_values(op, other.values, single, other is right)
        if single == 1 and (op == "Multiply" or (op == "Divide" and other is left)):
            result.one_hot = other.one_hot
        if op == "Add" and other.origin is not None and abs(single) <= _TINY:
            result.origin = other.origin  # std + 1e-8
    else:
        result.attained = False
    _relate(op, left, right, source, result)
    return result


_TINY = 1e-3  # what programs add to a divisor so that it is not zero


def _interval(op: str, left: Content, right: Content) -> Content:
    """Bounds alone."""
    if op == "Add":
        low = _bound(left.low, right.low, lambda a, b: a + b)
        return Content(low, _bound(left.high, right.high, lambda a, b: a + b))
    if op == "Subtract":
        low = _bound(left.low, right.high, lambda a, b: a - b)
        return Content(low, _bound(left.high, right.low, lambda a, b: a - b))
    if op == "Divide":
        if right.low is None or right.high is None or right.low <= 0 <= right.high:
            return Content()
        right = Content(1 / right.high, 1 / right.low)
    products = [_bound(a, b, lambda a, b: a * b) for a in (left.low, left.high) for b in (right.low, right.high)]
    known = [p for p in products if p is not None and not math.isnan(p)]
    if len(known) == 4:
        return Content(min(known), max(known))
    positive = left.low is not None and left.low >= 0 and right.low is not None and right.low >= 0
    return Content(0 if positive else None)


def _relate(op: str, left: Content, right: Content, source: Hashable, result: Content) -> None:
    """Recognise standardization and scaling to [0, 1] by statistics of the same numbers."""
    by = right.origin
    if by is None:
        return
    same = by.state is left.state
    akin = same or (source is not None and by.source == source)
    mine = left.origin
    if op == "Subtract" and by.kind == "mean" and akin:
        result.origin = by._replace(kind="centered")
    elif op == "Subtract" and by.kind == "min" and same:
        result.origin = by._replace(kind="shifted")
        result.low, result.attained = 0, False
    elif op == "Subtract" and by.kind == "min" and mine is not None and mine.kind == "max":
        if mine.state is by.state and mine.axis == by.axis:
            result.origin = by._replace(kind="range")
            result.low = 0
    elif op == "Divide" and by.kind == "std" and mine is not None and mine.kind == "centered":
        related = mine.state is by.state or (mine.source is not None and mine.source == by.source)
        if related and mine.axis == by.axis:
            result.tags |= left.tags | {"standardized"}
            result.origin = by._replace(kind="standardized")
    elif op == "Divide" and by.kind == "range" and mine is not None and mine.kind == "shifted":
        if mine.state is by.state and mine.axis == by.axis:
            result.low, result.high, result.attained, result.tags = 0, 1, True, left.tags
    elif op == "Divide" and by.kind == "max" and same and left.low is not None and left.low >= 0:
        shifted = mine is not None and mine.kind == "shifted" and mine.axis == by.axis
        result.low, result.high, result.tags = 0, 1, left.tags
        result.attained = (left.attained and left.low == 0 and by.axis is None) or shifted


def _map_values(op: str, values: frozenset[float] | None, single: float, is_right: bool) -> frozenset[float] | None:
    if values is None:
        return None
    try:
        if op == "Add":
            return frozenset(v + single for v in values)
        if op == "Subtract":
            return frozenset(single - v if is_right else v - single for v in values)
        if op == "Multiply":
            return frozenset(v * single for v in values)
        return frozenset(single / v if is_right else v / single for v in values)
    except ArithmeticError:
        return None


UNKNOWN_ARRANGEMENT = "unknown"

#: The tag of a slice that begins where a loop has come to, and that of a collection of such slices which overlap.
WINDOW = "window"
WINDOWS = "windows"

#: How the tag of a list begins that whole numbers were appended to in their order, class after class; then the first
#: of them and the latest.
RISING = "rising:"
#: A tag of zeros and ones: a row may have several ones, or none.
SEVERAL_LABELS = "several labels"
#: The beginning of a tag: what an estimator made of numbers by what it had learned in `Program.preparations[...]`.
FITTED = "fitted:"
#: The beginning of another one, where it had learned that from the same numbers.
FITTED_ON = "fitted-on:"
#: The beginning of one for labels: by which classes, learned in `Program.preparations[...]`, they were numbered.
ENCODED = "encoded:"

#: The part of a data set that was drawn from it with repetitions, and a whole with such a part, or with samples that
#: were made of others.
DRAWN = "drawn"
OVERSAMPLED = "oversampled"


class Rows:
    """Which samples an array holds: of which data set, which part of it, in which order.

    `source` identifies the data set (equal for features and labels that belong together); `part` is None for all of it.
    `arrangement` identifies how they were mixed since then: None for not at all, UNKNOWN_ARRANGEMENT where not known.
    `division` is the step (in `Program.preparations`) that last shuffled and divided them, where it drew an order of
    its own.
    """

    __slots__ = ("arrangement", "division", "order", "part", "source")

    def __init__(
        self, source: Hashable, part: str | None = None, order: str | None = None, arrangement: Hashable = None
    ) -> None:
        self.source = source
        self.part = part  # "train", "test", "slice"...
        self.order = order  # "sorted" by class, "shuffled", None where not known
        self.arrangement = arrangement
        self.division: int | None = None

    def take(self, part: str, order: str | None = None) -> Rows:
        """A part of these samples."""
        part = part if self.part is None else f"{self.part}/{part}"
        made = Rows(self.source, part, order or self.order, self.arrangement)
        made.division = self.division
        return made

    def mixed(self, how: Hashable, order: str | None = "shuffled") -> Rows:
        """The same samples in another order; `how` is equal where two arrays were mixed in the same way."""
        known = UNKNOWN_ARRANGEMENT not in (how, self.arrangement)
        made = Rows(self.source, self.part, order, (self.arrangement, how) if known else UNKNOWN_ARRANGEMENT)
        made.division = self.division
        return made

    def __repr__(self) -> str:
        return f"Rows({self.source}, {self.part})"

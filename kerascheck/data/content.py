"""What is known of the numbers in an array, without any of the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable

MAX_VALUES = 1_000  # distinct values that are kept


class Content:
    """Bounds, distinct values and history of the numbers in an array. Shared by an array and its views.

    Everything is a claim that surely holds, or None. `attained` says that the bounds are more than bounds: values
    at (or close to) both of them do occur in the data.
    """

    __slots__ = ("_parts", "_whole", "attained", "high", "low", "one_hot", "tags", "values")

    def __init__(
        self,
        low: float | None = None,
        high: float | None = None,
        attained: bool = False,
        values: frozenset[float] | None = None,
        one_hot: bool | None = None,
        tags: frozenset[str] = frozenset(),
    ) -> None:
        self.low = low
        self.high = high
        self.attained = attained
        self.values = values  # exactly the values that occur
        self.one_hot = one_hot  # whether each row has a single 1 and is 0 elsewhere
        self.tags = tags  # history: "pixels", "standardized", "preprocess:resnet50"...
        self._whole: Content | None = None  # what this is a view on a part of
        self._parts: list[Content] | None = None  # views on parts of this

    @staticmethod
    def of_values(values: Iterable[float]) -> Content:
        """Numbers that all occur."""
        distinct = frozenset(values)
        if not distinct or len(distinct) > MAX_VALUES or any(isinstance(v, float) and math.isnan(v) for v in distinct):
            return Content()
        return Content(min(distinct), max(distinct), True, distinct)

    def copy(self) -> Content:
        """The same claims, not shared."""
        return Content(self.low, self.high, self.attained, self.values, self.one_hot, self.tags)

    def set(self, other: Content) -> None:
        """Take over the claims of another: all numbers were replaced."""
        self._take(other)
        for part in self._parts or ():
            part._take(other.subset())
        if self._whole is not None:
            self._whole.mix(other)

    def _take(self, other: Content) -> None:
        self.low, self.high, self.attained = other.low, other.high, other.attained
        self.values, self.one_hot, self.tags = other.values, other.one_hot, other.tags

    def forget(self) -> None:
        """Anything may be in there now."""
        self.set(Content())

    def mix(self, other: Content) -> None:
        """Some of the numbers may have been replaced by numbers of the other."""
        merged = union(self, other)
        merged.attained = False
        merged.values = None
        self.set(merged)

    def subset(self) -> Content:
        """Claims on some of the numbers: the bounds hold, what was done to them holds, which occur is not known."""
        return Content(self.low, self.high, self.attained and self.is_mass, None, self.one_hot, self.tags)

    def view(self) -> Content:
        """`subset` for a view: what is written to either is seen in the other."""
        part = self.subset()
        part._whole = self
        self._parts = [*(self._parts or ()), part]
        return part

    @property
    def is_mass(self) -> bool:
        """Whether the data set is large and mixed, so that any large part of it looks like the whole."""
        return "dataset" in self.tags

    def map(self, function: Callable[[float], float], is_rising: bool = True) -> Content:
        """The numbers after a monotonic function."""
        try:
            bounds = [None if bound is None else function(bound) for bound in (self.low, self.high)]
            values = None if self.values is None else frozenset(map(function, self.values))
        except (ArithmeticError, ValueError):
            return Content()
        if not is_rising:
            bounds.reverse()
        return Content(bounds[0], bounds[1], self.attained, values, None, self.tags)

    def __repr__(self) -> str:
        return f"Content({self.low}..{self.high}{', ' + str(sorted(self.values)) if self.values else ''})"


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


def arithmetic(op: str, left: Content, right: Content) -> Content:
    """The numbers of `left op right`, element by element: bounds by interval arithmetic; history is lost.

    With a single number on one side the bounds stay attained and the history goes on.
    """
    if op == "Subtract":
        negated = Content(
            None if right.high is None else -right.high,
            None if right.low is None else -right.low,
            right.attained,
            None if right.values is None else frozenset(-v for v in right.values),
            None,
            right.tags,
        )
        return arithmetic("Add", left, negated)
    result = Content()
    if op == "Add":
        result.low = _bound(left.low, right.low, lambda a, b: a + b)
        result.high = _bound(left.high, right.high, lambda a, b: a + b)
    elif op == "Multiply":
        products = [_bound(a, b, lambda a, b: a * b) for a in (left.low, left.high) for b in (right.low, right.high)]
        known = [p for p in products if p is not None and not math.isnan(p)]
        if len(known) == 4:
            result.low, result.high = min(known), max(known)
    elif op == "Divide" and right.low is not None and right.high is not None and (right.low > 0 or right.high < 0):
        inverse = Content(1 / right.high, 1 / right.low, right.attained)
        result = arithmetic("Multiply", left, inverse)
    single = _single(left) if _single(left) is not None else _single(right)
    other = right if _single(left) is not None else left
    if single is not None and op in ("Add", "Multiply", "Divide") and (result.low is not None):
        result.attained = other.attained
        result.tags = other.tags
        if other.values is not None and len(other.values) <= MAX_VALUES:
            result.values = _map_values(op, other.values, single, other is right)
        if other is not right and single == 1 and op != "Add":
            result.one_hot = other.one_hot
    else:
        result.attained = False
        result.values = None
        result.tags = frozenset()
    return result


def _single(content: Content) -> float | None:
    return content.low if content.low is not None and content.low == content.high else None


def _map_values(op: str, values: frozenset[float], single: float, is_left: bool) -> frozenset[float] | None:
    try:
        if op == "Add":
            return frozenset(v + single for v in values)
        if op == "Multiply":
            return frozenset(v * single for v in values)
        return frozenset(single / v if is_left else v / single for v in values)
    except ArithmeticError:
        return None


class Rows:
    """Which samples an array holds: of which data set, which part of it, in which order.

    `source` identifies the data set (equal for features and labels that belong together); `part` is None for all of it.
    """

    __slots__ = ("order", "part", "source")

    def __init__(self, source: Hashable, part: str | None = None, order: str | None = None) -> None:
        self.source = source
        self.part = part  # "train", "test", "slice"...
        self.order = order  # "sorted" by class, "shuffled", None where not known

    def take(self, part: str, order: str | None = None) -> Rows:
        """A part of these samples."""
        return Rows(self.source, part if self.part is None else f"{self.part}/{part}", order or self.order)

    def __repr__(self) -> str:
        return f"Rows({self.source}, {self.part})"

"""Symbolic sizes: exact arithmetic, and questions that never guess."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerascheck.network.dims import (
    SymDim,
    ceil_div,
    definitely_different,
    definitely_equal,
    format_shape,
    is_exact,
    maximum,
    minimum,
    prod_ints,
    product,
)
from kerascheck.symbolic.unknown import Undetermined
from tests.layers.symbols import value_of

n: Any = SymDim.named("n")
m: Any = SymDim.named("m")
rows: Any = SymDim.named("X.shape[0]")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (n + m, m + n),
        (n - n, 0),
        (2 * n - n, n),
        ((n + 1) * (n - 1), n * n - 1),
        ((4 * n + 7) // 4, n + 1 + (3 // 4)),
        ((6 * n) // 3, 2 * n),
        ((n * m) // 1, n * m),
        ((4 * n) % 2, 0),
        (-(n - m), m - n),
        (10 - n + n, 10),
        (n // 2, n // 2),
        ((n + 2) // 2, n // 2 + 1),
        ((2 * n + 4) // 2, n + 2),
    ],
)
def test_equal_expressions_are_one_size(left: Any, right: Any) -> None:
    assert left == right
    if isinstance(left, SymDim):
        assert hash(left) == hash(right)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (n, "n"),
        (n + 1, "n + 1"),
        (2 * n - 3, "2*n - 3"),
        (-n, "-n"),
        (n * m, "m*n"),
        (n // 2, "n // 2"),
        ((n + 1) // 2, "(n + 1) // 2"),
        (rows - 1, "X.shape[0] - 1"),
        (n % 3, "n % 3"),
    ],
)
def test_sizes_read_as_the_source_writes_them(size: Any, text: str) -> None:
    assert str(size) == text


def test_different_only_where_the_difference_is_a_number() -> None:
    assert definitely_different(5, 6)
    assert definitely_different(n, n + 1)
    assert definitely_different(2 * n + 3, 2 * n)
    assert not definitely_different(n, m)
    assert not definitely_different(n, 5)
    assert not definitely_different(n, 2 * n)
    assert not definitely_different(None, 5)
    assert not definitely_different(n // 2, n)


def test_equal_only_where_it_is_sure() -> None:
    assert definitely_equal(n + 1, 1 + n)
    assert not definitely_equal(n, m)
    assert not definitely_equal(None, None)


def test_maximum_and_minimum() -> None:
    assert maximum(3, 5, 4) == 5
    assert minimum(n + 2, n, n + 1) == n
    assert maximum(n, n + 2) == n + 2
    assert str(maximum(n, 3)) == "max(n, 3)"


def test_products() -> None:
    assert product((2, 3, 4)) == 24
    assert product((2, None, 4)) is None
    assert product(()) == 1
    assert product((n, 3)) == 3 * n
    assert prod_ints(iter([n, n])) == n * n


def test_division_rounded_up() -> None:
    assert ceil_div(7, 2) == 4
    assert ceil_div(2 * n, 2) == n


def test_division_by_zero_is_undetermined() -> None:
    for operation in (lambda: n // 0, lambda: n % 0):
        with pytest.raises(Undetermined):
            operation()


def test_long_sums_become_opaque_but_keep_their_identity() -> None:
    total: Any = 0
    for i in range(40):
        total = total + SymDim.named(f"d{i}")
    again: Any = 0
    for i in range(40):
        again = again + SymDim.named(f"d{i}")
    assert total == again
    assert len(str(total)) < 2000


def test_a_size_computed_from_itself_again_and_again_stays_small() -> None:
    def what_is_left(rounds: int) -> Any:
        left: Any = n
        for _ in range(rounds):
            left = left - minimum(50, left)
        return left

    few, many = what_is_left(3), what_is_left(500)
    assert str(few).count("min") > 3
    assert len(str(many)) < 5000
    assert many == what_is_left(500)
    assert many != what_is_left(499)
    assert not definitely_different(many, few)


def test_shapes() -> None:
    assert format_shape((None, 28, n)) == "(None, 28, n)"
    assert format_shape((None,)) == "(None,)"
    assert is_exact((None, 3))
    assert not is_exact((None, n))


VALUES = {"a": 3, "b": 7, "c": 10}


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> tuple[Any, int]:
    """A symbolic expression and its value where a, b and c have theirs."""
    if depth == 0 or draw(st.booleans()):
        if draw(st.booleans()):
            number = draw(st.integers(-4, 9))
            return number, number
        name = draw(st.sampled_from(sorted(VALUES)))
        return SymDim.named(name), VALUES[name]
    (left, x), (right, y) = draw(expressions(depth - 1)), draw(expressions(depth - 1))
    operator = draw(st.sampled_from(["+", "-", "*", "//", "%", "max", "min"]))
    if operator == "+":
        return left + right, x + y
    if operator == "-":
        return left - right, x - y
    if operator == "*":
        return left * right, x * y
    if operator in ("max", "min"):
        choose = {"max": (maximum, max), "min": (minimum, min)}[operator]
        return choose[0](left, right), choose[1](x, y)
    divisor = draw(st.integers(1, 5))
    return (left // divisor, x // divisor) if operator == "//" else (left % divisor, x % divisor)


@given(expressions())
def test_arithmetic_is_that_of_numbers(pair: tuple[Any, int]) -> None:
    expression, value = pair
    assert value_of(expression, VALUES) == value


@pytest.mark.slow
@given(expressions(), expressions())
def test_answers_hold_for_the_values(left: tuple[Any, int], right: tuple[Any, int]) -> None:
    if definitely_equal(left[0], right[0]):
        assert left[1] == right[1]
    if definitely_different(left[0], right[0]):
        assert left[1] != right[1]

"""Expressions on known values come out as Python has them; what is not known says so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.helpers import UNKNOWN, known

EXPRESSIONS = [
    # numbers
    "1 + 2 * 3", "7 // 2", "-7 // 2", "7 % 3", "-7 % 3", "7 / 2", "2 ** 10", "2 ** -1", "1 << 4", "6 & 3", "6 | 1", "6 ^ 3",
    "~5", "-3", "+3", "not 0", "not []", "1_000 + 0x10 + 0b11 + 0o7", "1e3", "True + True", "abs(-4)", "round(2.567, 1)",
    "int(3.9)", "int('42')", "float('1.5')", "divmod(7, 2)", "pow(2, 5)", "max(1, 5, 3)", "min([4, 2])", "max('ab', 'b', key=len)",
    "sum([1, 2, 3])", "sum(range(5), 10)", "bool([])", "min({3: 1, 2: 5})", "10 ** 100", "max([1, -5], key=abs)",
    # strings
    "'a' + 'b'", "'ab' * 3", "'a' 'b'", "f'{1 + 1}-{\"x\"}'", "f'{3:03d}|{2.5:.2f}'", "f'{\"a\"!r}{{}}'", "'%d of %s' % (3, 'x')", "'%05.1f' % 2.25",
    "'{}-{}'.format(1, 'a')", "'{b}{a}'.format(a=1, b=2)", "'a,b'.split(',')", "' x '.strip()", "'Dense_1'.lower()", "'-'.join(['a', 'b'])",
    "'abc'[1]", "'abc'[::-1]", "'abc'[-2:]", "len('abc')", "str(12)", "str([1, 'a'])", "repr('a')", "'a' in 'cat'", "'conv2d'.startswith('conv')",
    "'a\\nb'", "r'a\\nb'", "b'ab' + b'c'", "f'a\\n{1}'", "'x'.replace('x', 'yy')", "'x' < 'y'", "str(None)", "str(1.0)", "list('abc')",
    # containers
    "(1, 2) + (3,)", "[1, 2] + [3]", "[0] * 3", "3 * (1,)", "[1, 2, 3][1:]", "[1, 2, 3][::-1]", "(1, 2, 3)[-1]", "[*range(3), 9]", "(*'ab', 1)",
    "{'a': 1}['a']", "{'a': 1, **{'b': 2, 'a': 3}}", "{'a': 1} | {'b': 2}", "dict(a=1, b=2)", "dict([('a', 1)])", "dict(zip('ab', [1, 2]))",
    "{'a': 1}.get('b', 5)", "list({'a': 1})", "list({'a': 1}.items())", "sorted({3, 1, 2, 1})", "len({1, 1, 2})", "sorted({1, 2} & {2, 3})",
    "sorted({1, 2} | {5})", "1 in [1, 2]", "3 not in (1, 2)", "'a' in {'a': 1}", "[1, [2]] == [1, [2]]", "(1, 2) < (1, 3)", "{'a': 1} == {'a': 1}",
    "[] is None", "list(enumerate('ab', 1))", "list(zip([1, 2], 'ab'))", "list(reversed([1, 2]))", "sorted([3, 1, 2], reverse=True)",
    "sorted(['bb', 'a'], key=len)", "sorted([(2, 'a'), (1, 'b')])", "list(map(str, [1, 2]))", "list(filter(None, [0, 1]))", "[1, 2, 1].count(1)",
    "[5, 6].index(6)", "list(range(10, 0, -3))", "tuple([1, 2])", "set([1, 1])", "len(range(7))", "any([0, 1])", "all([])", "[1, 2].copy()",
    # logic
    "0 or 'x'", "1 and 'x'", "None or 0 or []", "1 if [] else 2", "1 < 2 < 3", "1 < 3 < 2", "3 > 2 != 1", "isinstance(1, int)", "isinstance('a', (int, str))",
    "isinstance([], dict)", "type(1) == int", "(lambda a, b=2: a + b)(1)", "(lambda *a, **k: (a, k))(1, 2, c=3)",
    # comprehensions
    "[i * i for i in range(4)]", "[i for i in range(6) if i % 2]", "[(i, j) for i in range(3) for j in range(i)]", "{k: v for v, k in enumerate('ab')}",
    "sorted({i % 2 for i in range(5)})", "sum(i for i in range(4))", "[[j for j in range(i)] for i in range(3)]", "any(i > 2 for i in range(4))",
    "max(len(w) for w in ['a', 'bcd'])", "[f() for f in [lambda i=i: i for i in range(3)]]", "[f() for f in [lambda: i for i in range(3)]]",
    "[y := 5, y + 1]", "[a + b for a, b in [(1, 2), (3, 4)]]", "[a for a, *b in [(1, 2, 3)]]", "next(iter([4, 5]))", "next(i for i in range(5) if i > 2)",
    "all(i < (lambda: 3)() for i in range(3))", "[x for x in 'ab' if x != 'a']", "' '.join(str(i) for i in range(3))", "tuple(i for i in (1, 2))",
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_as_python_has_it(expression: str) -> None:
    space: dict[str, Any] = {}
    exec(f"x = {expression}", space)
    result = known(f"x = {expression}")
    assert (type(result), result) == (type(space["x"]), space["x"])


UNKNOWN_VALUES = [
    "unknown", "unknown + 1", "unknown.a.b", "unknown()", "unknown[0]", "-unknown", "f'{unknown}'", "'%s' % unknown",
    "'{}'.format(unknown)", "[i for i in unknown]", "[i for i in range(3) if unknown(i)]", "{**unknown}", "[*unknown]",
    "sorted(unknown)", "sum([1, unknown])", "len([*unknown])", "unknown == 1", "1 in unknown", "unknown in [1]",
    "{unknown: 1}", "{'a': 1, **unknown}", "{'a': 1, unknown: 2}", "[1, 2][unknown]", "{'a': 1}[unknown]", "[1, 2][unknown:]",
    "next(unknown)", "'-'.join(unknown)", "list(map(unknown, [1]))[0]", "max(1, unknown)", "dict(unknown)", "1 / 0", "[][1]",
    "'a' + 1", "int('a')", "{}['a']", "(lambda: unknown)()", "10 ** 10 ** 10", "'a' * 10 ** 9", "[0] * 10 ** 9",
]  # fmt: skip


@pytest.mark.parametrize("expression", UNKNOWN_VALUES)
def test_not_known(expression: str) -> None:
    assert known(f"from somewhere import unknown\nx = {expression}") is UNKNOWN


def test_the_known_parts_of_a_list_stay_known() -> None:
    assert known("from a import b\nx = [1, b, 3]") == [1, UNKNOWN, 3]


def test_known_entries_behind_unknown_ones_stay_known() -> None:
    assert known("from a import b\nd = {**b, 'c': 1}\nx = d['c']") == 1
    assert known("from a import b\nd = {'c': 1, **b}\nx = d['c']") is UNKNOWN
    assert known("from a import b\nd = {'c': 1}\nd.update(b)\nx = d['c']") is UNKNOWN


def test_the_order_of_a_set_is_not_known() -> None:
    assert known("x = list({'a', 'b'})") is UNKNOWN
    assert known("x = len({'a', 'b', 'a'})") == 2


def test_an_iterator_is_used_up_once() -> None:
    assert known("z = zip([1], [2])\na = list(z)\nx = list(z)") in ([], UNKNOWN)
    assert known("i = iter([1, 2, 3])\nnext(i)\nx = list(i)") == [2, 3]


def test_conditions_on_the_same_unknown_value_agree() -> None:
    assert known("from a import b\nx = (b > 3) == (b > 3)") in (True, UNKNOWN)
    assert known("from a import b\nx = 1 if b and not b else 2") == 2


def test_an_and_with_an_unknown_left_side_that_is_false_is_false() -> None:
    code = "from a import b\nif b == 1:\n    x = 0\nelse:\n    x = (b == 1) and 5"
    from tests.machine.helpers import build

    values = {path.layers[0].name for path in build(code + "\nDense(1, name=str(x))").paths}
    assert values == {"0", "False"}

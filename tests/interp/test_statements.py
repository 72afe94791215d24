"""Statements on known values do what Python does."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from tests.interp.helpers import UNKNOWN, known

PROGRAMS = {
    "chained assignment": "a = b = [1]\na.append(2)\nx = b",
    "swap": "a, b = 1, 2\na, b = b, a\nx = (a, b)",
    "starred": "a, *b, c = range(5)\nx = (a, b, c)",
    "nested targets": "(a, [b, c]), d = (1, [2, 3]), 4\nx = [a, b, c, d]",
    "annotated": "x: int = 3",
    "annotation alone": "x = 1\ny: int\nx += 1",
    "walrus": "if (n := 5) > 3:\n    x = n",
    "augmented": "x = 5\nx += 2\nx *= 3\nx -= 1\nx //= 4\nx **= 2\nx %= 7",
    "augmented list is the same list": "x = a = [1]\na += [2]",
    "augmented tuple is another": "x = a = (1,)\na += (2,)",
    "augmented dict": "x = a = {'a': 1}\na |= {'b': 2}",
    "augmented item": "x = {'a': [1]}\nx['a'] += [2]\nx['b'] = 0\nx['b'] += 5",
    "slice assignment": "x = [1, 2, 3, 4]\nx[1:3] = [9]\nx[:0] = [7, 8]",
    "del item": "x = [1, 2, 3]\ndel x[0]\ndel x[-1]",
    "del slice": "x = [1, 2, 3, 4]\ndel x[1:3]",
    "del entry": "x = {'a': 1, 'b': 2}\ndel x['a']",
    "list methods": "x = [3, 1]\nx.append(2)\nx.sort()\nx.insert(0, 9)\nx.remove(1)\nx.reverse()\nx.extend((5, 6))\nx.pop()",
    "dict methods": "d = {}\nd.setdefault('a', []).append(1)\nd.update(b=2)\nd.pop('z', None)\nx = list(d.items())",
    "aliasing": "a = [1]\nb = [a, a]\na.append(2)\nx = b",
    "copy": "a = [1]\nb = a[:]\nc = list(a)\na.append(2)\nx = [b, c]",
    "for": "x = []\nfor i in range(3):\n    x.append(i)",
    "for else": "for i in [1, 2]:\n    pass\nelse:\n    x = i",
    "for break skips else": "x = 0\nfor i in [1, 2]:\n    break\nelse:\n    x = 1",
    "continue": "x = []\nfor i in range(5):\n    if i % 2:\n        continue\n    x.append(i)",
    "nested loops": "x = []\nfor i in range(3):\n    for j in range(3):\n        if j > i:\n            break\n        x.append((i, j))",
    "the variable stays": "for x in range(4):\n    pass",
    "for with unpacking": "x = 0\nfor i, (a, b) in enumerate([(1, 2), (3, 4)]):\n    x += i * a * b",
    "while": "x = 10\nwhile x > 3:\n    x -= 2",
    "while else": "n = 3\nwhile n:\n    n -= 1\nelse:\n    x = 'done'",
    "while True": "x = 0\nwhile True:\n    x += 1\n    if x == 5:\n        break",
    "a list that grows while it is walked": "x = [3]\nfor i in x:\n    if i:\n        x.append(i - 1)",
    "if chains": "n = 5\nif n < 3:\n    x = 'a'\nelif n < 6:\n    x = 'b'\nelse:\n    x = 'c'",
    "try without error": "try:\n    x = 1\nexcept ValueError:\n    x = 2\nelse:\n    x += 10\nfinally:\n    x += 100",
    "try with error": "try:\n    x = 1 / 0\nexcept ValueError:\n    x = 2\nexcept ArithmeticError:\n    x = 3",
    "raise": "try:\n    raise KeyError('a')\n    x = 1\nexcept (TypeError, LookupError) as e:\n    x = 2",
    "reraise": "x = []\ntry:\n    try:\n        raise ValueError\n    except ValueError:\n        x.append(1)\n        raise\nexcept Exception:\n    x.append(2)",
    "own exceptions": "class A(Exception): pass\nclass B(A): pass\ntry:\n    raise B('x')\nexcept A:\n    x = 1",
    "finally always": "x = []\ndef f():\n    try:\n        return 1\n    finally:\n        x.append(2)\nf()",
    "return in finally": "def f():\n    try:\n        return 1\n    finally:\n        return 2\nx = f()",
    "an error crosses functions": "def f():\n    return [][0]\ntry:\n    f()\n    x = 1\nexcept IndexError:\n    x = 2",
    "failed unpacking": "try:\n    a, b = [1]\n    x = 1\nexcept ValueError:\n    x = 2",
    "failed assert": "try:\n    assert 1 > 2\n    x = 1\nexcept AssertionError:\n    x = 2",
    "undefined name": "try:\n    x = unicode\nexcept NameError:\n    x = 'str'",
    "break in try": "x = 0\nfor i in range(5):\n    try:\n        if i == 2:\n            break\n    finally:\n        x += 1",
    "with": "class C:\n    def __enter__(self):\n        return 5\n    def __exit__(self, *a):\n        pass\nwith C() as x:\n    pass",
    "with that swallows": "class C:\n    def __enter__(self):\n        return self\n    def __exit__(self, *a):\n        return True\nx = 1\nwith C():\n    raise ValueError\nx += 1",
    "match literal": "match 'b':\n    case 'a':\n        x = 1\n    case 'b' | 'c':\n        x = 2",
    "match sequence": "match [1, 2, 3]:\n    case [a]:\n        x = a\n    case [a, *rest]:\n        x = rest",
    "match guard": "match 5:\n    case n if n < 3:\n        x = 'low'\n    case n:\n        x = n",
    "match class": "match 'a':\n    case int(n):\n        x = 1\n    case str(s):\n        x = s",
    "match binds nothing before it fits": "x = 0\nmatch (7, 1):\n    case (x, 2):\n        pass",
    "match nothing": "x = 1\nmatch 3:\n    case 4:\n        x = 2",
    "global": "x = 1\ndef f():\n    global x\n    x += 1\nf()\nf()",
    "nonlocal": "def f():\n    n = 1\n    def g():\n        nonlocal n\n        n *= 3\n    g()\n    g()\n    return n\nx = f()",
    "del global": "x = 1\ny = 2\ndef f():\n    global y\n    del y\nf()\nx = 'y' in dir() or x",
    "star in call": "def f(a, b, c=3):\n    return (a, b, c)\nx = f(*[1], **{'b': 2})",
}  # fmt: skip


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_does(code: str) -> None:
    space: dict[str, Any] = {}
    exec(code, space)
    result = known(code)
    if "dir()" not in code:
        assert result == space["x"]


UNKNOWN_LOOPS = {
    "carried": "x = 0\nfor i in unknown:\n    x += 1",
    "carried through another name": "n = 0\nfor i in unknown:\n    n += 1\n    x = n * 2",
    "carried under a condition": "n = 0\nx = 0\nfor i in unknown:\n    n += 1\n    if n == 1:\n        x = 5\n    else:\n        x = 6",
    "changed in place": "x = []\nfor i in unknown:\n    x.append(1)",
    "changed behind a call": "x = []\ndef f():\n    x.append(1)\nfor i in unknown:\n    f()",
    "changed behind a closure": "def make():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n        return n\n    return f\nf = make()\nfor i in unknown:\n    x = f()",
    "changed through an alias": "x = [1]\ny = x\nfor i in unknown:\n    y.append(1)",
    "changed item": "x = [1]\nfor i in unknown:\n    x[0] = 2",
    "changed attribute": "class A: pass\na = A()\na.n = 1\nfor i in unknown:\n    a.n += 1\nx = a.n",
    "not taken in the first round": "x = 1\nn = 0\nfor i in unknown:\n    if n:\n        x = 2\n    n += 1",
    "while unknown": "x = 1\nwhile unknown():\n    x *= 2",
    "while True with an unknown end": "x = 1\nwhile True:\n    x *= 2\n    if unknown():\n        break",
    "the element": "for x in unknown:\n    pass",
    "long loops over data": "x = 0\nfor i in range(100000):\n    x += i",
    "iterator": "it = iter([1, 2, 3])\nfor i in unknown:\n    x = next(it, 0)",
    "set": "x = set()\nfor i in unknown:\n    x.add(1)",
    "dict": "x = {}\nfor i in unknown:\n    x['a'] = 1",
    "global": "x = 0\ndef f():\n    global x\n    x += 1\nfor i in unknown:\n    f()",
}  # fmt: skip


@pytest.mark.parametrize("code", UNKNOWN_LOOPS.values(), ids=UNKNOWN_LOOPS)
def test_what_rounds_hand_on_is_unknown_afterwards(code: str) -> None:
    assert known(f"from somewhere import unknown\n{code}") is UNKNOWN


KNOWN_AFTER_LOOPS = {
    "set anew in each round": "for i in unknown:\n    x = 7",
    "untouched": "x = [1]\nfor i in unknown:\n    print(x)",
    "a list of its own": "for i in unknown:\n    x = []\n    x.append(1)",
    "else": "for i in unknown:\n    pass\nelse:\n    x = 7",
}


@pytest.mark.parametrize("code", KNOWN_AFTER_LOOPS.values(), ids=KNOWN_AFTER_LOOPS)
def test_what_each_round_sets_alike_stays_known(code: str) -> None:
    assert known(f"from somewhere import unknown\n{code}") in (7, [1])


def test_statements_behind_a_sure_exit_are_not_run() -> None:
    assert known("x = 1\nraise SystemExit\nx = 2") == 1
    assert known("import sys\nx = 1\nsys.exit()\nx = 2") == 1


def test_a_failed_loop_body_leaves_the_rest_alone() -> None:
    code = """
        from somewhere import unknown
        x = 3
        for i in unknown:
            y = x + 1
        z = y
    """
    assert known(textwrap.dedent(code), "z") == 4

"""Programs that would run for ever, or branch without end: a bounded number of steps, and the rest stays known."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.machine import analysis
from kerascheck.machine.budget import Budget
from kerascheck.runtime.recursion import deep_recursion
from tests.machine.helpers import source

HEAD = "import foo, glob, os\nimport keras\nfrom keras import layers\nx = 0\nxs = []\n"
#: Whatever `x` has become, the one model hangs on it and the other does not.
TAIL = """
other = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
model = keras.Sequential([keras.Input((4,)), layers.Dense(x)])
"""


def nested(count: int, header: str, *body: str) -> str:
    """Blocks in each other."""
    lines = ["    " * depth + header.format(depth) for depth in range(count)]
    return "\n".join([*lines, *("    " * count + line for line in body)]) + "\n"


def tries(count: int) -> str:
    """`try` in `try`, each with a handler."""
    handlers = [f"{'    ' * at}except ValueError:\n{'    ' * at}    x = foo.c({at})\n" for at in reversed(range(count))]
    return nested(count, "try:", "x = foo.a()") + "".join(handlers)


#: Programs, and the steps they may take.
PROGRAMS: dict[str, tuple[str, int]] = {
    "forty conditions on one number": (
        "".join(f"if os.environ.get('A{i}') and foo.b({i}):\n    x = x * 2 + {i}\n" for i in range(40)),
        150_000,
    ),
    "a sum of forty choices": ("x = " + " + ".join(f"({i} if foo.b({i}) else {i + 5})" for i in range(40)), 150_000),
    "thirty returns": (
        "def f(n):\n"
        + "".join(f"    if foo.b({i}): return {i}\n    n += {i}\n" for i in range(30))
        + "    return n\nfor i in range(20):\n    x += f(i)\n",
        20_000,
    ),
    "mutual recursion": (
        "def f(n):\n    return g(n + 1) if foo.b(n) else h(n)\n"
        "def g(n):\n    return f(n) + h(n) if foo.c(n) else f(n + 2)\n"
        "def h(n):\n    return g(n) * 2 + f(n)\nx = f(1)\n",
        60_000,
    ),
    "recursion in an argument": (
        "def a(m, n):\n    if m == 0: return n + 1\n    if n == 0: return a(m - 1, 1)\n"
        "    return a(m - 1, a(m, n - 1))\nx = a(3, 7)\n",
        60_000,
    ),
    "a generator without end": (
        "def g():\n    n = 0\n    while True:\n        n += 1\n        yield n\nx = sum(g())\n",
        20_000,
    ),
    "a generator of itself": ("def g(n):\n    while True:\n        yield from g(n + 1)\nx = next(g(0))\n", 5_000),
    "a generator that branches without end": (
        "def g():\n    n = 0\n    while True:\n        n += 2 if foo.b(n) else 1\n        yield n\n"
        "for i in g():\n    if foo.c(i): break\n    x += i\n",
        40_000,
    ),
    "a million rounds": ("for i in range(10**6):\n    x += i\n", 5_000),
    "a million rounds of while": ("while x < 10**6:\n    x += 1\n", 40_000),
    "a million rounds in six loops": (nested(6, "for i{} in range(10):", "x += 1"), 250_000),
    "a million items": ("x = sum(i * i for i in range(10**6))\n", 10_000),
    "lists and objects in circles": (
        "a = []\na.append(a)\nb = {'a': a}\na.append(b)\nb['b'] = b\nclass C: pass\nc = C()\nc.me, c.a = c, a\n"
        "a.append(c)\nif foo.b(1): a.append(c.me.a)\nfoo.read(a, c)\nx = len(a)\n",
        2_000,
    ),
    "circles that a loop makes": (
        "a = []\nb = [a]\nfor i in foo.read(1):\n    a.append(b)\n    b.append(a)\n    if foo.b(i): a, b = b, a\n"
        "x = len(a)\n",
        10_000,
    ),
    "eight unknown loops in each other": (nested(8, "for i{0} in foo.read({0}):", "xs.append(x)", "x = foo.f(x)"), 10_000),
    "eight whiles in each other": (nested(8, "while foo.more({}):", "x += 1"), 10_000),
    "twelve tries in each other": (tries(12), 20_000),
    "calls that double": (
        "def f0(n): return n + (1 if foo.b(n) else 2)\n"
        + "".join(f"def f{i}(n): return f{i - 1}(n) + f{i - 1}(n + 1)\n" for i in range(1, 16))
        + "x = f15(3)\n",
        60_000,
    ),
    "a list that doubles": ("x = [1]\nfor i in range(60):\n    x = x + x\nx = len(x)\n", 5_000),
}  # fmt: skip


def explored(monkeypatch: pytest.MonkeyPatch, code: str) -> tuple[int, Any]:
    """The steps taken, and what was found."""
    made: list[Budget] = []

    class Counting(Budget):
        def __init__(self, seconds: float) -> None:
            super().__init__(seconds)
            made.append(self)

    monkeypatch.setattr(analysis, "Budget", Counting)
    with deep_recursion():
        found = analysis.analyze(source(HEAD + code + TAIL), 4.0)
    return sum(budget.spent for budget in made), found


@pytest.mark.slow
@pytest.mark.parametrize(("code", "most"), PROGRAMS.values(), ids=PROGRAMS)
def test_steps_are_bounded_and_what_does_not_hang_on_it_is_known(
    monkeypatch: pytest.MonkeyPatch, code: str, most: int
) -> None:
    steps, found = explored(monkeypatch, code)
    assert found.incomplete is None
    assert steps <= most
    statuses = {network.variable: network.status() for path in found.paths for network in path.networks}
    assert statuses["other"] == "exact"
    assert {n.status() for path in found.paths for n in path.networks if n.variable == "model"} != {"exact"}


def test_another_unknown_loop_around_costs_a_few_steps_more(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [
        explored(monkeypatch, nested(depth, "for i{0} in foo.read({0}):", "x = foo.f(x)"))[0] for depth in (2, 4, 6, 8)
    ]
    assert counts[3] < 4 * counts[2] < 4**2 * counts[1] < 4**3 * counts[0]


def test_a_loop_whose_rounds_bring_nothing_new_keeps_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "for i in foo.read(1):\n    for j in foo.read(2):\n        if foo.b(j):\n            x = 3\n"
    _, found = explored(monkeypatch, code)
    sizes = {network.layers[-1].config["units"] for path in found.paths for network in path.networks}
    assert 3 in sizes and len(sizes) > 1


def test_a_function_that_calls_itself_on_what_is_not_known_is_followed_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = """
def plain(thing):
    if isinstance(thing, dict):
        return {key: plain(value) for key, value in thing.items()}
    elif isinstance(thing, list):
        return [plain(value) for value in thing]
    elif isinstance(thing, (foo.Number, foo.Text)):
        return thing.value
    return thing
for name in foo.names():
    x = plain(foo.read(name))
"""
    steps, found = explored(monkeypatch, code)
    assert found.incomplete is None
    assert steps <= 10_000


def test_what_a_function_writes_that_calls_itself_on_what_is_not_known_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = """
sizes = [1]
def walk(node):
    sizes[0] += 1
    if node.more:
        walk(node.child)
walk(foo.tree())
x = sizes[0]
"""
    _, found = explored(monkeypatch, code)
    statuses = {network.status() for path in found.paths for network in path.networks if network.variable == "model"}
    assert statuses - {"exact"}

"""Code beside the models that takes long (a game, a picture, a random text) costs its own allowance, not the file's."""

from __future__ import annotations

import textwrap

import pytest

from kerascheck.network.networks import Network
from tests.machine.helpers import build


def networks(code: str) -> list[Network]:
    """The models that a program builds with the budget that a file has."""
    analysis = build(FOLLOW + textwrap.dedent(code), seconds=2.0)
    assert analysis.incomplete is None
    return analysis.paths[0].networks


FOLLOW = """
def follow(number):
    return (number * 3 + 1) % 1009 if number % 2 else number // 2
"""

MODEL = """
model = Sequential([Input((8,)), Dense(4, activation="relu"), Dense(1)])
model.compile("adam", "mse")
"""

GRAMMAR = """
import random

RULES = {"S": [["NP", "VP"]], "NP": [["the", "N"], ["the", "A", "N"]], "VP": [["V", "NP"]]}

def expand(symbol):
    if symbol not in RULES:
        return [symbol]
    words = []
    for part in random.choice(RULES[symbol]):
        words += expand(part)
    return words

def many():
    texts = []
    for _ in range(1500):
        words = []
        for _ in range(20):
            words += expand("S")
        texts.append(" ".join(words))
    return texts

texts = many()
"""

LIFE = """
def neighbours(board, row, column):
    count = 0
    for r in range(row - 1, row + 2):
        for c in range(column - 1, column + 2):
            if (r, c) != (row, column) and board[r % 20][c % 20]:
                count += 1
    return count

def step(board):
    return [[1 if neighbours(board, r, c) == 3 else 0 for c in range(20)] for r in range(20)]

def play():
    board = [[(r * c) % 3 == 0 for c in range(20)] for r in range(20)]
    for _ in range(100):
        board = step(board)
    return board

play()
"""

FRACTAL = """
def depth(x, y):
    a, b, n = 0.0, 0.0, 0
    while a * a + b * b < 4.0 and n < 60:
        a, b, n = a * a - b * b + x, 2 * a * b + y, n + 1
    return n

def picture():
    rows = []
    for i in range(80):
        rows.append([depth(i / 40 - 1.5, j / 40 - 1.0) for j in range(80)])
    return rows

image = picture()
"""


@pytest.mark.parametrize("code", [GRAMMAR, LIFE, FRACTAL], ids=["grammar", "life", "fractal"])
@pytest.mark.parametrize("inside", [False, True], ids=["in the module", "in a function that builds the model, too"])
def test_models_behind_a_long_call_are_exact(code: str, inside: bool) -> None:
    whole = code + MODEL
    if inside:
        whole = "def main():\n" + "".join(f"    {line}\n" for line in whole.splitlines()) + "main()\n"
    (network,) = networks(whole)
    assert network.status() == "exact"


LONG = """
def wander(number):
    trail = []
    for i in range(60):
        for j in range(60):
            for k in range(60):
                trail.append(follow(j))
    return trail[-1]
"""


def test_what_a_long_call_gives_is_not_known() -> None:
    (network,) = networks(LONG + "model = Sequential([Input((8,)), Dense(wander(5))])")
    assert network.status() != "exact"


@pytest.mark.parametrize(
    "change",
    [
        "sizes.append(i + 3)",
        "sizes[0] = i + 3",
        "config.units = i + 3",
        "later(i + 3)",
        "table['units'] = i + 3",
    ],
)
def test_what_a_long_call_may_have_changed_is_not_known(change: str) -> None:
    # The change stands behind the point where the call is cut.
    (network,) = networks(f"""
        class Config:
            units = 3

        config = Config()
        sizes = [3]
        table = {{"units": 3}}

        def later(number):
            sizes.append(number)

        def dig(depth):
            return dig(depth - 1) + dig(depth - 1) if depth else 1

        def wander(number):
            dig(20)
            for i in range(2):
                {change}

        wander(5)
        model = Sequential([Input((8,)), Dense(sizes[-1]), Dense(config.units), Dense(table["units"])])
    """)
    assert network.status() != "exact"


def test_a_name_that_a_long_call_binds_is_not_known() -> None:
    (network,) = networks("""
        units = 3

        def wander(number):
            global units
            trail = []
            for i in range(60):
                for j in range(60):
                    for k in range(60):
                        trail.append(follow(j))
            units = trail[-1]

        wander(5)
        model = Sequential([Input((8,)), Dense(units)])
    """)
    assert network.status() != "exact"


def test_what_a_long_call_does_not_reach_stays_known() -> None:
    (network,) = networks(f"""
        units = [3, 4]
        {LONG.replace(chr(10), chr(10) + "        ")}
        wander(5)
        model = Sequential([Input((8,)), Dense(units[0]), Dense(units[1])])
    """)
    assert network.status() == "exact"


def test_a_call_that_builds_is_not_cut() -> None:
    (network,) = networks("""
        def make():
            trail = []
            for i in range(50):
                for j in range(50):
                    trail.append(follow(j))
            model = Sequential([Input((8,)), Dense(2)])
            for i in range(50):
                for j in range(50):
                    trail.append(follow(j))
            model.add(Dense(1))
            return model

        model = make()
    """)
    assert network.status() == "exact"
    assert len(network.layers) == 2


def test_a_model_that_is_finished_stays_so_when_the_budget_ends() -> None:
    endless = """
trail = []
for i in range(60):
    for j in range(60):
        for k in range(60):
            trail.append(follow(j))
"""
    analysis = build(FOLLOW + MODEL + endless, seconds=0.005)
    assert analysis.incomplete is not None
    (network,) = analysis.paths[-1].networks
    assert network.status() == "exact"


def test_a_model_that_is_being_built_when_the_budget_ends_is_not_known() -> None:
    analysis = build(
        FOLLOW
        + """
model = Sequential([Input((8,))])
trail = []
for i in range(60):
    for j in range(60):
        for k in range(60):
            trail.append(follow(j))
model.add(Dense(1))
""",
        seconds=0.005,
    )
    assert analysis.incomplete is not None
    (network,) = analysis.paths[-1].networks
    assert network.status() == "unknown"

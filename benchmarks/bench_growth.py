"""How checking grows with a program: its lines, layers, models, functions, classes and conditions that are not known.

    python benchmarks/bench_growth.py [--time] [--at-most 1.15] [KIND...]

Each kind of program comes in four sizes, each twice the one before. What the sizes cost is counted in calls of
functions, which are the same in each run whatever else the machine does; `--time` takes processor time (the best of a
few), which also sees what is done within one call. The exponent is the slope of the logarithm of that over the
logarithm of the size: 1 is in proportion. Budgets are lifted, so that nothing is cut off. Exits with 1 if an exponent
is larger than `--at-most`.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import math
import pstats
import sys
import time
from collections.abc import Callable, Sequence

from kerascheck.configuration.config import Settings
from kerascheck.engine import examine

HEAD = """\
import os
import numpy as np
import keras
from keras import layers
"""
TAIL = 'model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\nmodel.compile("sgd", "mse")\n'


def lines(count: int) -> str:
    """Statements of a script."""
    return "".join(
        f"x{n} = np.zeros((3, {n % 7 + 1}))\ny{n} = x{n}.shape[1] + {n}\nprint(y{n})\n" for n in range(count)
    )


def sequential(count: int) -> str:
    """A model of many layers, one after the other."""
    rows = "".join(f"    layers.Dense({n % 5 + 2}, activation='relu'),\n" for n in range(count))
    return f"long = keras.Sequential([\n    keras.Input((8,)),\n{rows}])\nlong.compile('sgd', 'mse')\n"


def graph(count: int) -> str:
    """A model of many layers, each of which takes the two before it."""
    rows = "".join(f"x, y = layers.add([x, layers.Dense(4)(y)]), x  # {n}\n" for n in range(count))
    return f"x = y = i = keras.Input((4,))\n{rows}wide = keras.Model(i, x)\nwide.compile('sgd', 'mse')\n"


def models(count: int) -> str:
    """Many models that are trained."""
    return "".join(
        f"m{n} = keras.Sequential([keras.Input((4,)), layers.Dense({n % 5 + 2}, activation='relu'), layers.Dense(1)])\n"
        f"m{n}.compile('sgd', 'mse')\nm{n}.fit(np.zeros((8, 4)), np.zeros((8, 1)))\n"
        for n in range(count)
    )


def functions(count: int) -> str:
    """Functions that nobody calls."""
    return "".join(
        f"def make_{n}(units, rate=0.5):\n"
        f"    x = i = keras.Input((8,))\n    x = layers.Dense(units)(x)\n    x = layers.Dropout(rate)(x)\n"
        f"    return keras.Model(i, layers.Dense({n % 5 + 1})(x))\n"
        for n in range(count)
    )


def called(count: int) -> str:
    """Functions that are called."""
    return functions(count) + "".join(f"m{n} = make_{n}({n % 3 + 1})\n" for n in range(count))


def classes(count: int) -> str:
    """Layers of one's own, which are used."""
    return "".join(
        f"class Own{n}(layers.Layer):\n"
        f"    def __init__(self, units={n % 5 + 1}):\n"
        "        super().__init__()\n        self.inner = layers.Dense(units)\n"
        f"    def call(self, x):\n        return self.inner(x)\n"
        f"own{n} = keras.Sequential([keras.Input((3,)), Own{n}()])\n"
        for n in range(count)
    )


def conditions(count: int) -> str:
    """Conditions that are not known, on which no model hangs."""
    return "".join(f"if os.environ.get('A{n}'):\n    path = '{n}'\nelse:\n    path = 'none'\n" for n in range(count))


def conditions_of_models(count: int) -> str:
    """Conditions that are not known, each of which decides about a model of its own."""
    return "".join(
        f"u{n} = 3 if os.environ.get('A{n}') else 4\nm{n} = keras.Sequential([keras.Input((4,)), layers.Dense(u{n})])\n"
        for n in range(count)
    )


#: The kinds, and their smallest sizes.
KINDS: dict[str, tuple[Callable[[int], str], int]] = {
    "lines": (lines, 50),
    "layers, one after the other": (sequential, 25),
    "layers, of a graph": (graph, 25),
    "models": (models, 10),
    "functions that nobody calls": (functions, 15),
    "functions that are called": (called, 10),
    "classes": (classes, 10),
    "conditions": (conditions, 15),
    "conditions, each of a model": (conditions_of_models, 5),
}
DOUBLINGS = 4


def program(kind: str, count: int) -> str:
    """A program of a kind and size."""
    return HEAD + KINDS[kind][0](count) + TAIL


def sizes(kind: str) -> list[int]:
    """The sizes of a kind."""
    return [KINDS[kind][1] * 2**number for number in range(DOUBLINGS)]


def calls(code: str) -> float:
    """How many functions are called to check a program."""
    profile = cProfile.Profile()
    profile.enable()
    _check(code)
    profile.disable()
    return float(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def seconds(code: str) -> float:
    """The shortest of some checks."""
    taken = []
    for number in range(3):
        again = f"{code}# {number}\n"  # or the tree of the last one would be taken
        gc.collect()
        begun = time.process_time()
        _check(again)
        taken.append(time.process_time() - begun)
    return min(taken)


def _check(code: str) -> None:
    examination = examine(code.encode(), "program.py", Settings(budget=10_000))
    assert examination.report.incomplete is None and not examination.report.crashed


def exponent(counts: Sequence[int], costs: Sequence[float]) -> float:
    """The slope of the logarithm of the costs over that of the counts: the least squares fit."""
    xs, ys = [math.log(count) for count in counts], [math.log(max(cost, 1e-9)) for cost in costs]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def growth(kind: str, cost: Callable[[str], float] = calls) -> tuple[list[float], float]:
    """What each size costs beyond the program without any, and the exponent of that."""
    cost(program(kind, 1))  # what is worked out once in a process
    empty = cost(HEAD + TAIL)
    costs = [cost(program(kind, count)) - empty for count in sizes(kind)]
    return costs, exponent(sizes(kind), costs)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", help="the kinds to measure; all by default")
    parser.add_argument("--time", action="store_true", help="processor time instead of calls")
    parser.add_argument("--at-most", type=float, default=1.15, help="the exponent of each kind")
    options = parser.parse_args()
    worst = 0.0
    for kind in options.kinds or KINDS:
        costs, slope = growth(kind, seconds if options.time else calls)
        worst = max(worst, slope)
        shown = "".join(f"{cost:10.3f}" if options.time else f"{cost:12,.0f}" for cost in costs)
        print(f"{kind:30}{sizes(kind)!s:24}{shown}   exponent {slope:.2f}", flush=True)
    return int(worst > options.at_most)


if __name__ == "__main__":
    sys.exit(main())

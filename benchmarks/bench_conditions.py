"""How checking grows with the number of conditions that are not known, measured in one run.

    python benchmarks/bench_conditions.py [--at-most 1.5] [--repeat 5]

A program of one model has 5, 10, 20 and 40 ifs of a kind before it, each on a flag of its own. The table has the time
of the whole check (the best of a few, in processor time) as a multiple of that of the same program without the ifs'
conditions (their bodies alone, one after another), and the exponent of its growth: how the time rises with the number
of ifs, 1 being in proportion, fitted over the four. Exits with 1 if the exponent of a kind that touches no model is
larger than `--at-most`.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from kerascheck.configuration.config import Settings
from kerascheck.engine import examine

COUNTS = (5, 10, 20, 40)

HEAD = """\
import os
import numpy as np
import keras
from keras import layers

width = 8
units = [16, 8]
paths = ["a"]
steps = 1


def helper(number):
    return number + 1


"""
MODEL = """\
inputs = keras.Input((32,))
x = inputs
for size in units:
    x = layers.Dense(size, activation="relu")(x)
model = keras.Model(inputs, layers.Dense(width)(x))
model.compile("adam", "mse")
model.fit(np.zeros((64, 32)), np.zeros((64, 8)), epochs=2)
"""


@dataclass(frozen=True)
class Kind:
    """Statements of a condition, and those in its arm."""

    arm: str
    otherwise: str = ""
    apart: bool = False  # whether the arms touch models


KINDS = {
    "a path": Kind('paths[0] = "runs/{n}"', 'paths[0] = "runs/other"'),
    "a print": Kind('print("step {n}")'),
    "data": Kind("data{n} = np.zeros(({n} + 1, 4))", "data{n} = np.ones(({n} + 2, 4))"),
    "a count": Kind("steps += {n}"),
    "a list": Kind("paths.append({n})"),
    "a call": Kind("steps = helper(steps)"),
    "a model": Kind(
        "m{n} = keras.Sequential([keras.Input((4,)), layers.Dense({n} + 1)])",
        "m{n} = keras.Sequential([keras.Input((4,)), layers.Dense(3)])",
        apart=True,
    ),
    "a layer": Kind("layer{n} = layers.Dense({n} + 1)", "layer{n} = layers.Dense(3)", apart=True),
    "of the model": Kind("units.append({n} + 1)", apart=True),
}


def program(kind: Kind, count: int, conditions: bool = True) -> str:
    """A model behind so many ifs, or behind their arms alone."""
    lines = []
    for number in range(count):
        if conditions:
            lines.append(f'if os.environ.get("FLAG_{number}"):')
            lines.append("    " + kind.arm.format(n=number))
            if kind.otherwise:
                lines += ["else:", "    " + kind.otherwise.format(n=number)]
        else:
            lines.append(kind.arm.format(n=number))
            if kind.otherwise:
                lines.append(kind.otherwise.format(n=number))
    return HEAD + "\n".join(lines) + "\n" + MODEL


def seconds(code: str, repeat: int) -> float:
    """The shortest of some whole checks."""
    raw = code.encode()
    taken = []
    for _ in range(repeat):
        gc.collect()
        begun = time.process_time()
        examine(raw, "program.py", Settings())
        taken.append(time.process_time() - begun)
    return min(taken)


def exponent(times: list[float]) -> float:
    """The slope of the logarithm of the time over that of the count: the least squares fit."""
    xs, ys = [math.log(count) for count in COUNTS], [math.log(taken) for taken in times]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def exact(code: str) -> str:
    """How many models of the program are exact."""
    report = examine(code.encode(), "program.py", Settings()).report
    return f"{report.models_exact} of {report.models_exact + report.models_symbolic + report.models_unknown}"


def measure(kind: Kind, repeat: int, timed: Callable[[str, int], float] = seconds) -> tuple[list[float], float]:
    """The times as multiples of those without conditions, and the exponent of their growth beyond an empty file's."""
    base = timed(program(kind, 0), repeat)
    times = [timed(program(kind, count), repeat) for count in COUNTS]
    plain = [timed(program(kind, count, conditions=False), repeat) for count in COUNTS]
    grown = [max(taken - base, 1e-4) for taken in times]
    return [taken / without for taken, without in zip(times, plain, strict=True)], exponent(grown)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-most", type=float, default=1.5, help="the exponent, where no model is touched")
    parser.add_argument("--repeat", type=int, default=5, help="checks of each program, the shortest of which counts")
    options = parser.parse_args()
    examine(program(KINDS["a path"], 2).encode(), "warm.py", Settings())  # imports happen here
    print(f"{'ifs':14}" + "".join(f"{count:8}" for count in COUNTS) + f"{'exponent':>10}   exact at {COUNTS[-1]}")
    worst = 0.0
    for name, kind in KINDS.items():
        ratios, growth = measure(kind, options.repeat)
        if not kind.apart:
            worst = max(worst, growth)
        cells = "".join(f"{ratio:7.1f}x" for ratio in ratios)
        print(f"{name:14}{cells}{growth:10.2f}   {exact(program(kind, COUNTS[-1]))}", flush=True)
    return int(worst > options.at_most)


if __name__ == "__main__":
    sys.exit(main())

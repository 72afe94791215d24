"""Compares kerascheck with the real Keras on small random programs that train.

    python benchmarks/fit_differential.py [--seeds 0:2000] [--cache FILE [--offline]] [--show KIND] [--limit 20]

Each program (see `fit_programs.py`) is run by Keras, in a process that runs many, and analysed. It

- agrees (crash or fine) where both say so, and on the row that crashes,
- is a FALSE ERROR where kerascheck announces a crash (an error of a rule about crashes) and Keras runs it,
- is on the WRONG ROW where both crash and Keras gets past the row,
- is a missed crash where Keras crashes and kerascheck is silent, although it knew model and data,
- is an unknown crash where it did not know them, or would have to know the numbers in the data.

`--cache` keeps what Keras said by the text of the program, `--offline` passes over programs that are not in it. Exits
with 1 if there is a false error or a wrong row.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fit_programs

from kerascheck.configuration.config import Settings
from kerascheck.data.training import arrays_of, training_data, validation_data
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.machine import analyze
from kerascheck.network.program import Program
from kerascheck.project.source import Source
from kerascheck.symbolic.unknown import Unknown

KINDS = ("agree crash", "agree fine", "FALSE ERROR", "WRONG ROW", "missed crash", "unknown crash")
#: Programs that one process runs before another takes over: TensorFlow keeps something of each.
_ROUNDS = 250
#: The rules whose errors say that the program raises.
_CRASHING = ("KC2", "KC420", "KC421", "KC422", "KC423", "KC426")
#: Those that say so at the layer, which may refuse its input later, when data builds the model.
_LAYERS = "KC20"
#: Crashes that depend on the numbers in the data.
_BY_NUMBERS = re.compile(r"SparseSoftmaxCrossEntropy|GatherV2|ResourceGather")


@dataclass(frozen=True)
class Verdict:
    """What Keras did with a program: the rows of the program on the stack of the exception, outermost first."""

    crashed: bool
    rows: tuple[int, ...] = ()
    error: str = ""


# -- the side of Keras ----------------------------------------------------------------------------------------------


def serve() -> None:
    """Run programs, one JSON a line, as they come in; answer in kind."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    import warnings

    warnings.simplefilter("ignore")
    import keras
    import numpy as np

    keras.config.disable_interactive_logging()
    for line in sys.stdin:
        request = json.loads(line)
        keras.backend.clear_session()
        keras.utils.set_random_seed(request["seed"])
        np.random.seed(request["seed"])
        print(json.dumps(_outcome(request["code"])), file=answers, flush=True)


def _outcome(code: str) -> dict[str, Any]:
    try:
        exec(compile(code, "program.py", "exec"), {"__name__": "__main__"})
    except Exception as error:
        rows: list[int] = []
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "program.py":
                rows.append(trace.tb_lineno)
            trace = trace.tb_next
        text = re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")
        return {"crashed": True, "rows": rows, "error": text[:600]}
    return {"crashed": False, "rows": [], "error": ""}


class Keras:
    """Processes that run programs, one at a time; what was run once is looked up."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache_file = cache
        self._known: dict[str, dict[str, Any]] = {}
        if cache is not None and cache.exists():
            for line in cache.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                self._known[entry.pop("code")] = entry
        self._process: subprocess.Popen[str] | None = None
        self._served = 0

    def knows(self, code: str) -> bool:
        """Whether the program was run before."""
        return code in self._known

    def run(self, code: str, seed: int) -> Verdict:
        """What Keras does with the program."""
        found = self._known.get(code)
        if found is None:
            found = self._known[code] = self._ask(code, seed)
            if self._cache_file is not None:
                with self._cache_file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"code": code, **found}) + "\n")
        return Verdict(found["crashed"], tuple(found["rows"]), found["error"])

    def _ask(self, code: str, seed: int) -> dict[str, Any]:
        if self._process is None or self._served >= _ROUNDS:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            self._served = 0
        assert self._process.stdin is not None and self._process.stdout is not None
        self._served += 1
        self._process.stdin.write(json.dumps({"code": code, "seed": seed}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self.close()
            return {"crashed": True, "rows": [], "error": "the process died"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None


# -- the side of kerascheck -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """What kerascheck says: the errors as (row, code, message), warnings likewise, and whether it knew everything."""

    errors: tuple[tuple[int, str, str], ...]
    warnings: tuple[tuple[int, str, str], ...]
    knew_all: bool
    why_not: str = ""


def claim(code: str) -> Claim:
    """Analyse a program."""
    report = check_source(code.encode(), "program.py", Settings())
    found = [d for d in report.diagnostics if d.code.startswith(_CRASHING)]
    source = Source(code.encode(), "program.py")
    gaps = [gap for program in analyze(source).paths for gap in unknowns(program)]

    def told(severity: Severity) -> tuple[tuple[int, str, str], ...]:
        return tuple((d.span.start.row, d.code, d.message) for d in found if d.severity is severity)

    return Claim(told(Severity.ERROR), told(Severity.WARNING), not gaps, "; ".join(gaps[:2]))


def unknowns(program: Program) -> list[str]:
    """What is not known of the models and data of a program's training calls."""
    gaps: list[str] = []
    for call in program.trainings:
        if call.network.open is not None:
            gaps.append(f"model: {call.network.open.reason}")
        for data in (training_data(call), validation_data(call)):
            for part in (data.x, data.y, data.weights) if data is not None else ():
                items = part.values() if isinstance(part, dict) else part if isinstance(part, list) else [part]
                gaps += [f"data: {item.reason}" for item in items if isinstance(item, Unknown)]
                shapes = [array.shape for array in arrays_of(part)]
                gaps += [f"shape: {shape.reason}" for shape in shapes if isinstance(shape, Unknown)]
    return gaps


# -- comparing ------------------------------------------------------------------------------------------------------


def compare(verdict: Verdict, mine: Claim) -> str:
    """The kind of (dis)agreement, one of KINDS."""
    if not verdict.crashed:
        return "FALSE ERROR" if mine.errors else "agree fine"
    if not mine.errors:
        return "missed crash" if mine.knew_all and not _BY_NUMBERS.search(verdict.error) else "unknown crash"
    rows = [row for row, code, _ in mine.errors if not code.startswith(_LAYERS)]
    first = min(row for row, _, _ in mine.errors)
    if not verdict.rows or not rows or min(rows) in verdict.rows or first in verdict.rows:
        return "agree crash"
    # A claim about a later row than the crash leaves the crash unseen; one about an earlier row is wrong.
    return "missed crash" if min(rows) > max(verdict.rows) else "WRONG ROW"


def main() -> int:
    """Run the comparison and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--seeds", default="0:200", help="the seeds of the programs, FIRST:LAST")
    parser.add_argument("--cache", type=Path, help="what Keras said, kept between runs")
    parser.add_argument("--offline", action="store_true", help="only programs that the cache knows")
    parser.add_argument("--show", nargs="*", default=["FALSE ERROR", "WRONG ROW"], help="kinds to print in full")
    parser.add_argument("--limit", type=int, default=10, help="programs of each kind to print")
    options = parser.parse_args()
    if options.serve:
        serve()
        return 0
    first, _, last = options.seeds.partition(":")
    keras = Keras(options.cache)
    counts: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for seed in range(int(first), int(last)):
        code = fit_programs.program(seed)
        if options.offline and not keras.knows(code):
            continue
        verdict, mine = keras.run(code, seed), claim(code)
        kind = compare(verdict, mine)
        counts[kind] += 1
        if kind in ("missed crash", "unknown crash"):
            errors[f"{kind}: {_gist(verdict.error)}"] += 1
        for _, rule, _ in mine.warnings:
            warned[f"{rule} on a program that {'crashes' if verdict.crashed else 'runs'}"] += 1
        if kind in options.show and counts[kind] <= options.limit:
            print(f"--- {kind}, seed {seed}")
            print(textwrap.indent(code.split("\n\n", 1)[1].rstrip(), "    "))
            print(f"  keras: {verdict.rows} {verdict.error[:400]}")
            print(f"  ours:  {mine.errors} {mine.why_not}")
    keras.close()
    total = sum(counts.values())
    for kind in KINDS:
        print(f"{kind:<16}{counts[kind]:>6}{100 * counts[kind] / max(total, 1):>7.1f} %")
    crashes = counts["agree crash"] + counts["missed crash"]
    print(f"recall where all was known: {counts['agree crash']} of {crashes} crashes")
    for text, count in (*errors.most_common(40), *warned.most_common()):
        print(f"{count:>5}  {text}")
    return int(bool(counts["FALSE ERROR"] + counts["WRONG ROW"]))


def _gist(error: str) -> str:
    return re.sub(r"\d+", "N", re.sub(r"'[^']*'", "'...'", error))[:110]


if __name__ == "__main__":
    sys.exit(main())

"""What the architectures of Keras itself cost to analyse, against what it costs to parse them.

    python benchmarks/bench_applications.py [--at-most 3]

`keras/src/applications` of the installed Keras is the hard case: some files build eight networks of hundreds of layers.
In one run, in processor time, the garbage collector as `kerascheck check` sets it: `libcst.parse_module` of each file;
the analysis of its tree (every start, every path, every layer, and what it imports); the whole check, which parses,
analyses, and runs all rules. Exits with 1 if the analysis takes more than
`--at-most` times as long as the parse.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import libcst as cst

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file, check_source
from kerascheck.machine import analyze
from kerascheck.project.source import Source
from kerascheck.runtime.gc_pause import collect_between_files
from kerascheck.runtime.recursion import deep_recursion

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-most", type=float, default=3.0, help="the analysis in units of the parse")
    options = parser.parse_args()
    files = _files()
    if not files:
        print("Keras is not installed")
        return 0
    for file in (ROOT / "fixtures").rglob("*.py"):  # imports happen here
        check_source(file.read_bytes(), str(file), Settings())

    collect_between_files()  # as the processes of `kerascheck check` do
    raws = {file: file.read_bytes() for file in files}
    parse = _seconds(files, lambda file: raws[file], cst.parse_module)
    whole = _seconds(files, str, lambda name: check_file(name, Settings()))
    analysis = _seconds(files, lambda file: _parsed(raws[file], file), _analyze)
    for file in sorted(files, key=analysis.__getitem__, reverse=True)[:8]:
        print(
            f"  parse {parse[file] * 1e3:6.1f} ms   analysis {analysis[file] * 1e3:6.1f} ms   "
            f"check {whole[file] * 1e3:6.1f} ms   {file.name}"
        )
    parsing, checking, analysing = (sum(seconds.values()) for seconds in (parse, whole, analysis))
    print(f"{len(files)} files: parse {parsing:.2f} s, analysis {analysing:.2f} s, whole check {checking:.2f} s")
    print(
        f"analysing takes {analysing / parsing:.2f} times as long as parsing, "
        f"the whole check {checking / parsing:.2f} times"
    )
    return int(analysing / parsing > options.at_most)


def _files() -> list[Path]:
    """The architectures of the installed Keras, without its tests and without importing it."""
    found = importlib.util.find_spec("keras")
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "src" / "applications"
    return [file for file in sorted(folder.glob("*.py")) if not file.stem.endswith("_test")]


def _parsed(raw: bytes, file: Path) -> Source:
    source = Source(raw, str(file))
    _ = source.tree
    return source


def _analyze(source: Source) -> None:
    with deep_recursion():
        analyze(source)


def _seconds(files: list[Path], prepare: Callable[[Path], Any], work: Callable[[Any], object]) -> dict[Path, float]:
    """How long the work takes for each file; preparing it does not count."""
    gc.collect()
    taken: dict[Path, float] = {}
    for file in files:
        given = prepare(file)
        start = time.process_time()
        work(given)
        taken[file] = time.process_time() - start
    return taken


if __name__ == "__main__":
    sys.exit(main())

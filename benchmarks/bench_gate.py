"""What a file without Keras costs: the share of a run over a folder of ordinary Python.

    python benchmarks/bench_gate.py [FOLDER] [--at-most 20]

Compares, in one process, reading the files, reading and checking them, and parsing them with `ast`. Files that mention
Keras are left out. Exits with 1 if the gate costs more than `--at-most` percent of `ast.parse`.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.project.discovery import mentions_keras
from kerascheck.project.import_graph import one_graph


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(sysconfig.get_path("stdlib")))
    parser.add_argument("--at-most", type=float, default=20.0, help="percent of the time of ast.parse")
    options = parser.parse_args()

    files = sorted(options.folder.glob("*.py")) or sorted(options.folder.rglob("*.py"))
    texts = {str(file): file.read_bytes() for file in files}
    texts = {name: raw for name, raw in texts.items() if not mentions_keras(raw)}
    size = sum(map(len, texts.values())) / 1e6
    settings = Settings()

    def check() -> None:
        with one_graph():  # as in a run over many files
            for name, raw in texts.items():
                report = check_source(raw, name, settings)
                assert report.skipped is not None

    def parse() -> None:
        for raw in texts.values():
            with contextlib.suppress(SyntaxError, ValueError):
                ast.parse(raw)

    gate, parsing = best(check), best(parse, rounds=1)
    print(f"{len(texts)} files without Keras, {size:.1f} MB")
    print(f"kerascheck {gate * 1e3:8.1f} ms  {size / gate:8.1f} MB/s")
    print(f"ast.parse  {parsing * 1e3:8.1f} ms  {size / parsing:8.1f} MB/s")
    share = 100 * gate / parsing
    print(f"the gate costs {share:.1f}% of ast.parse")
    return int(share > options.at_most)


def best(action: Callable[[], None], rounds: int = 5) -> float:
    """The shortest time of several rounds, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())

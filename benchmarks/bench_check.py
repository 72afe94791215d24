"""What checking costs against parsing: the ratio that must stay small, measured in one run.

    python benchmarks/bench_check.py [PATH...] [--at-most 3]

For each file that mentions Keras: the time of `libcst.parse_module`, and that of the whole check (which parses too).
Without paths it takes `fixtures/`; `keras/src/applications` is the hard case. Exits with 1 if checking takes more than
`--at-most` times as long as parsing.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from pathlib import Path

import libcst as cst

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.project.discovery import mentions_keras

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--at-most", type=float, default=3.0, help="whole check in units of the parse")
    options = parser.parse_args()

    rows = []
    check_source(b"import keras\nkeras.layers.Dense(1)\n", "warm.py", Settings())  # imports happen here
    for file in _files(options.paths or [ROOT / "fixtures"]):
        raw = file.read_bytes()
        if not mentions_keras(raw):
            continue
        gc.collect()
        start = time.perf_counter()
        try:
            cst.parse_module(raw)
        except cst.ParserSyntaxError:
            continue
        parsed = time.perf_counter()
        report = check_source(raw, str(file), Settings())
        checked = time.perf_counter()
        models = report.models_exact + report.models_symbolic + report.models_unknown
        rows.append((checked - parsed, parsed - start, len(raw), models, file.name))
    if not rows:
        print("no file mentions Keras")
        return 0

    rows.sort(reverse=True)
    print("slowest files:")
    for whole, parse, size, models, name in rows[:10]:
        print(f"  {whole * 1e3:8.1f} ms  {whole / parse:6.1f} x parse  {size / 1e3:7.1f} kB  {models:3} models  {name}")
    whole, parse, size = (sum(row[index] for row in rows) for index in range(3))
    print(f"{len(rows)} files, {size / 1e6:.2f} MB: parse {parse:.2f} s, whole check {whole:.2f} s")
    print(f"checking takes {whole / parse:.2f} times as long as parsing")
    return int(whole / parse > options.at_most)


def _files(paths: list[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]


if __name__ == "__main__":
    sys.exit(main())

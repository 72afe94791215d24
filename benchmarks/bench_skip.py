"""Whether anything is lost by not following what can show nothing, and what that saves.

    python benchmarks/bench_skip.py PATH... [--every 1] [--from 0] [--seconds 3600]

Each file that concerns Keras is analysed as always, and with every function followed that nobody calls. Findings and
models must be the same; where they differ, both are printed, and the exit status is 1. Files whose budget ends either
way are counted apart: what is left out leaves more of it for the rest. In processor time of one process.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from kerascheck.configuration.config import Settings
from kerascheck.engine import examine
from kerascheck.machine import unseen_runs
from kerascheck.project.import_graph import concerns_keras, one_graph
from kerascheck.project.source import Source, SourceError
from kerascheck.runtime.gc_pause import collect_between_files
from kerascheck.views.summary import nameless_summary, summarize

_Results = tuple[Counter[str], Counter[str]]


def main() -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th file")
    parser.add_argument("--from", type=int, default=0, dest="first", help="begin with this one")
    parser.add_argument("--seconds", type=float, default=3600, help="stop after so much processor time")
    options = parser.parse_args()
    collect_between_files()  # as the processes of `kerascheck check` do
    files = [file for path in options.paths for file in _files(path)][options.first :: options.every]
    return _compare(files, options.seconds)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in (".py", ".ipynb") and file.is_file())


@one_graph()
def _compare(files: list[Path], seconds: float) -> int:
    checked = differing = cut = findings = models = 0
    times = {True: 0.0, False: 0.0}
    for file in files:
        if time.process_time() > seconds:
            print("stopped before", file)
            break
        raw = file.read_bytes()
        if not concerns_keras(raw, str(file)):
            continue
        checked += 1
        with suppress(SourceError):
            _ = Source(raw, str(file)).tree  # it is kept: neither of the two pays for it
        results: dict[bool, _Results] = {}
        spent = {}
        for skips in (True, False) if checked % 2 else (False, True):  # what comes first reads modules
            unseen_runs.SKIPS = skips
            began = time.process_time()
            results[skips], is_cut = _result(raw, str(file))
            spent[skips] = time.process_time() - began
            if is_cut:
                results.clear()
                cut += 1
                break
        if not results:
            continue
        for skips, taken in spent.items():
            times[skips] += taken
        findings += sum(results[False][0].values())
        models += sum(results[False][1].values())
        if results[True] != results[False]:
            differing += 1
            print(file)
            for with_skip, without in zip(results[True], results[False], strict=True):
                for line in sorted((without - with_skip).elements()):
                    print(f"    lost   {line[:300]}")
                for line in sorted((with_skip - without).elements()):
                    print(f"    gained {line[:300]}")
            sys.stdout.flush()
    print(f"{checked} files with Keras, {findings} findings, {models} models; {cut} files whose budget ends left out")
    print(f"{times[True]:.1f} s in place of {times[False]:.1f} s; {differing} files differ")
    return 1 if differing else 0


def _result(raw: bytes, filename: str) -> tuple[_Results, bool]:
    """The findings and models of a file, and whether its budget has ended."""
    examined = examine(raw, filename, Settings())
    report, source, found = examined.report, examined.source, examined.analysis
    findings = Counter(f"{one.span.start} {one.code} {one.message}" for one in report.diagnostics)
    models: Counter[str] = Counter()
    if source is not None and found is not None:
        for model in summarize(source, found):
            models[str(nameless_summary(model).as_dict())] += 1
    return (findings, models), report.incomplete is not None


if __name__ == "__main__":
    sys.exit(main())

"""What checking whole packages costs against parsing them, in one run.

    python benchmarks/bench_trees.py [PACKAGE/FOLDER...] [--every 1]

Without arguments: `keras/src/layers`, `keras/src/applications` and `tensorflow/python/keras`, where they are installed.
In processor time of one process: `libcst.parse_module` on all files, then the whole check of them, which parses too.
(What is parsed behind a check has nodes that are made in a shorter way, see `text/parsing.py`, so the parse comes
first.) Files that the gate leaves out are parsed all the same, since a tool without a gate would have to.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import time
from pathlib import Path

import libcst as cst

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file, check_source
from kerascheck.project.import_graph import one_graph
from kerascheck.runtime.gc_pause import collect_between_files
from kerascheck.text.parsing import parse_many

ROOT = Path(__file__).parent.parent
_TREES = ("keras/src/layers", "keras/src/applications", "tensorflow/python/keras")
_SLOWEST = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", default=_TREES)
    parser.add_argument("--every", type=int, default=1, help="take every n-th file")
    options = parser.parse_args()
    for file in (ROOT / "fixtures").rglob("*.py"):  # imports happen here
        check_source(file.read_bytes(), str(file), Settings())
    collect_between_files()  # as the processes of `kerascheck check` do
    found = {tree: _folder(tree) for tree in options.trees}
    files = {tree: sorted(folder.rglob("*.py"))[:: options.every] for tree, folder in found.items() if folder}
    parsed = {file: _parse(file) for of_tree in files.values() for file in of_tree}
    parse_many()  # so do they
    for tree in options.trees:
        if tree in files:
            _measure(tree, files[tree], parsed)
        else:
            print(f"{tree}: not installed")


def _folder(tree: str) -> Path | None:
    package, _, rest = tree.partition("/")
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / rest


def _parse(file: Path) -> float:
    """What the parse takes."""
    raw = file.read_bytes()
    began = time.process_time()
    with contextlib.suppress(cst.ParserSyntaxError, UnicodeDecodeError):
        cst.parse_module(raw)
    return time.process_time() - began


@one_graph()
def _measure(tree: str, files: list[Path], parsed: dict[Path, float]) -> None:
    parsing = checking = 0.0
    slowest: list[tuple[float, float, str]] = []
    for file in files:
        began = time.process_time()
        check_file(str(file), Settings())
        checked = time.process_time() - began
        parsing += parsed[file]
        checking += checked
        slowest.append((checked, parsed[file], file.name))
    print(f"{tree}: {len(files)} files, parse {parsing:.2f} s, check {checking:.2f} s: {checking / parsing:.2f} times")
    for check, parse, name in sorted(slowest, reverse=True)[:_SLOWEST]:
        print(f"    check {check * 1e3:7.0f} ms   parse {parse * 1e3:6.0f} ms   {name}")


if __name__ == "__main__":
    main()

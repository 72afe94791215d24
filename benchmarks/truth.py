"""Compares what kerascheck says about scripts with what the real Keras builds from them.

    python benchmarks/truth.py PATH... [--json FILE] [--jobs 2] [--seconds 60] [--cache FOLDER] [--unseen GLOB]

Every script and notebook below the paths that mentions Keras is run (see `real_keras.py`: without its data and its
training) and analysed. The models are matched by the row of their construction. Each model that Keras built is

- equal: kerascheck calls it exact, and class, layers, output shapes and parameters are those of Keras,
- symbolic or unknown, as kerascheck says,
- missing: kerascheck has no model at that row,
- WRONG: kerascheck calls it exact and differs.

A script that builds models is run twice, the second time with stand-ins of other sizes for the data it lacks. A model
that differs between the two runs has sizes that are inventions of the stand-ins: the first table counts it, the second
does not, and kerascheck is never "WRONG" about it.

Errors that kerascheck announces (KC200 to KC209, as training is stubbed) on rows that ran without one are false alarms.
Exits with 1 if there is a wrong model or a false alarm. Files that match `--unseen` are counted, nothing else is said
about them.
"""

from __future__ import annotations

import argparse
import ast
import atexit
import fnmatch
import functools
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.machine import Analysis, analyze
from kerascheck.network.networks import Network
from kerascheck.project.discovery import SUFFIXES, mentions_keras
from kerascheck.project.source import Source, SourceError
from kerascheck.project.target.places import project_folder
from kerascheck.runtime.recursion import deep_recursion
from kerascheck.symbolic.unknown import Undetermined, Unknown
from kerascheck.text.notebook import blank_magics
from kerascheck.views.summary import ModelSummary, summarize

VERDICTS = ("equal", "symbolic", "unknown", "missing", "WRONG")
KINDS = ("Sequential", "Functional", "subclassed")


@dataclass
class Compared:
    """One model that Keras built, beside ours."""

    file: str
    row: int
    kind: str
    verdict: str  # one of VERDICTS, or "unbuilt", "cut short", "refused"
    says: str = ""  # why it is unknown, or where it differs
    ours: str = "missing"  # our status
    absent_data: bool = False  # whether its sizes come from data that the script lacks


@dataclass
class FileResult:
    """One file."""

    file: str
    group: str
    end: str = ""  # how the run ended
    models: list[Compared] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    ours: dict[str, int] = field(default_factory=dict)  # our models by status
    findings: dict[str, int] = field(default_factory=dict)
    incomplete: bool = False


# --- the real side ---------------------------------------------------------------------------------------------------


class RealKeras:
    """A process with the real Keras in it; see `real_keras.py`."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._process: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_ENABLE_ONEDNN_OPTS": "0",
            "OMP_NUM_THREADS": "1",
            "MPLBACKEND": "agg",
            "PYTHONHASHSEED": "0",
        }
        server = [sys.executable, str(Path(__file__).with_name("real_keras.py"))]
        process = subprocess.Popen(
            server, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        atexit.register(self.close)
        return process

    def run(self, source: Source, seconds: float) -> dict[str, Any]:
        """What the script builds."""
        path = os.path.abspath(source.filename)
        root, package = _package(path)
        request = {"path": path, "text": source.text, "package": package, "root": root, "seconds": seconds}
        request["recorder"] = _recorder_version()
        project = project_folder(Path(root))
        if project is not None and any(str(init.parent.parent) != root for init in _packages(project)):
            request["project"] = [str(project), str(project / "src")]
        first = self._answer({**request, "variant": 0})
        if any(model["built"] for model in first["models"]):
            _mark_absent_data(first["models"], self._answer({**request, "variant": 1})["models"])
        return first

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """One run, or what is kept of it."""
        known = None
        if self._cache is not None:
            known = self._cache / (hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest() + ".json")
            if known.exists():
                return json.loads(known.read_text())  # type: ignore[no-any-return]
        self._process = self._process or self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        result: dict[str, Any] = json.loads(answer)
        if known is not None:
            known.write_text(answer)
        return result

    def close(self) -> None:
        """End the process."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        self._process.wait()


@functools.cache
def _recorder_version() -> str:
    """What runs were recorded with: those of another version are not comparable."""
    return hashlib.sha256(Path(__file__).with_name("real_keras.py").read_bytes()).hexdigest()[:16]


def _mark_absent_data(models: list[dict[str, Any]], others: list[dict[str, Any]]) -> None:
    """Mark the models that have other sizes where the stand-ins have."""
    in_place: dict[tuple[str | None, int], list[dict[str, Any]]] = defaultdict(list)
    for other in others:
        in_place[other["start"], other["row"]].append(other)
    taken: Counter[tuple[str | None, int]] = Counter()
    for model in models:
        place = model["start"], model["row"]
        number, candidates = taken[place], in_place[place]
        taken[place] += 1
        if model["built"] and number < len(candidates) and candidates[number]["built"]:
            model["absent_data"] = _sizes_of(model) != _sizes_of(candidates[number])


def _sizes_of(model: dict[str, Any]) -> tuple[Any, ...]:
    return model["total"], [(layer["class"], layer["shapes"], layer["params"]) for layer in model["layers"]]


def _package(path: str) -> tuple[str, str]:
    """The folder that holds the outermost package of a file, and the dotted name of the innermost one."""
    folder = os.path.dirname(path)
    parts: list[str] = []
    while os.path.exists(os.path.join(folder, "__init__.py")):
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
    return folder, ".".join(parts)


def _packages(project: Path) -> list[Path]:
    """The packages that a project holds at its top."""
    return [init for folder in (project, project / "src") for init in folder.glob("*/__init__.py")]


# --- comparing -------------------------------------------------------------------------------------------------------


def compare_file(path: str, group: str, real_keras: RealKeras, seconds: float) -> FileResult | None:
    """Both sides of one file; None for a file that is not about Keras."""
    raw = Path(path).read_bytes()
    if not mentions_keras(raw, path):
        return None
    result = FileResult(path, group)
    try:
        source = _readable(raw, path)
    except (SourceError, SyntaxError, ValueError) as error:
        result.end = f"not read: {error}"
        return result
    with deep_recursion():
        analysis = analyze(source)
    result.incomplete = analysis.incomplete is not None
    real = real_keras.run(source, seconds)
    result.end = real["end"]
    _compare_models(result, real, source, analysis)
    _compare_errors(result, real, source)
    return result


def _readable(raw: bytes, path: str) -> Source:
    """The file; a script that was a notebook once goes without its shell lines, as the notebook would."""
    source = Source(raw, path)
    try:
        ast.parse(source.text)
    except SyntaxError:
        source = Source(blank_magics(source.text.replace("\xa0", " ")).encode(), path)
        ast.parse(source.text)
    _ = source.tree
    return source


def _compare_models(result: FileResult, real: dict[str, Any], source: Source, analysis: Analysis) -> None:
    starts = dict.fromkeys(program.start for program in analysis.paths)
    ours: dict[str | None, dict[int, list[ModelSummary]]] = {}
    counts: Counter[str] = Counter()
    for start in starts:
        by_row: dict[int, list[ModelSummary]] = defaultdict(list)
        paths = [program for program in analysis.paths if program.start == start]
        for model in summarize(source, Analysis(paths)):
            by_row[_program_row(source, model.cell, model.row)].append(model)
        ours[start] = by_row
    for model in summarize(source, analysis):
        counts[model.status] += 1
    result.ours = dict(counts)
    reasons = _reasons(source, analysis)

    taken: Counter[tuple[str | None, int]] = Counter()
    for model in real["models"]:
        start, row = model["start"], model["row"]
        mine, certain = _candidates(ours, start, row)
        index = taken[start, row]
        taken[start, row] += 1
        guess = mine[min(index, len(mine) - 1)] if mine else None
        # Rounds of a loop that build the same are listed once.
        rounds_alike = certain and len(mine) == 1 and mine[0].status != "exact"
        certain = certain and (index < len(mine) or rounds_alike)
        result.models.append(_compared(result.file, model, guess, mine, certain, reasons, real))


def _candidates(
    ours: dict[str | None, dict[int, list[ModelSummary]]], start: str | None, row: int
) -> tuple[list[ModelSummary], bool]:
    """Our models at a row, and whether they are of the same start of the program."""
    if ours.get(start, {}).get(row):
        return ours[start][row], True
    return [model for by_row in ours.values() for model in by_row.get(row, [])], False


def _compared(
    file: str,
    real: dict[str, Any],
    ours: ModelSummary | None,
    others: list[ModelSummary],
    certain: bool,
    reasons: dict[int, list[str]],
    run: dict[str, Any],
) -> Compared:
    result = Compared(file, real["row"], real["kind"], "missing", ours=ours.status if ours is not None else "missing")
    result.absent_data = real.get("absent_data", False)
    if real["failed"]:
        result.verdict, result.says = "refused", real["failed"]
    elif real["cut"]:
        result.verdict = "cut short"
    elif not real["built"]:
        result.verdict = "unbuilt"
    elif ours is None:
        result.says = "no model at that row"
    elif any(one.status == "exact" and not difference(real, one, run["complete"]) for one in others):
        # A builder that is called several times: which of ours is which of Keras's is told by being equal.
        exact = ours.status == "exact" or not certain
        result.verdict = "equal" if exact else ours.status
        result.says = "" if exact else "another model at that row is equal"
    elif not certain:
        result.says = "only models of other starts or rounds at that row"
    elif ours.status == "exact" and result.absent_data:
        result.verdict, result.says = "symbolic", f"exact, by no stand-in: {difference(real, ours, run['complete'])}"
    elif ours.status == "exact":
        result.verdict, result.says = "WRONG", difference(real, ours, run["complete"])
    else:
        result.verdict = ours.status
        result.says = next(iter(reasons.get(real["row"], [])), "differs between paths")
    return result


def difference(real: dict[str, Any], ours: ModelSummary, complete: bool) -> str:
    """The first thing in which our model is not Keras's; empty where there is none."""
    if ours.cls != real["class"]:
        return f"class: ours {ours.cls}, Keras {real['class']}"
    if len(ours.layers) != len(real["layers"]):
        return f"layers: ours {len(ours.layers)}, Keras {len(real['layers'])}"
    for number, (mine, its) in enumerate(zip(ours.layers, real["layers"], strict=True)):
        where = f"layer {number} ({its['name']})"
        if mine is None or mine.cls != its["class"]:
            return f"{where}: ours {mine.cls if mine else None}, Keras {its['class']}"
        if its["shapes"] and not any(_same_shapes(mine.output_shape, shapes) for shapes in its["shapes"]):
            return f"{where}: output shape ours {mine.output_shape}, Keras {its['shapes']}"
        if its["params"] is not None and mine.params != its["params"]:
            return f"{where}: params ours {mine.params}, Keras {its['params']}"
    if real["total"] is not None and ours.total_params != real["total"]:
        return f"params: ours {ours.total_params}, Keras {real['total']}"
    if complete and real["trainable"] is not None and ours.trainable_params != real["trainable"]:
        return f"trainable params: ours {ours.trainable_params}, Keras {real['trainable']}"
    return ""


def _same_shapes(ours: list[Any] | None, real: list[list[int | None]]) -> bool:
    """Whether the shapes are equal; a batch axis that one side leaves open is."""
    if ours is None:
        return False
    mine = ours if ours and isinstance(ours[0], list) else [ours]
    return len(mine) == len(real) and all(
        len(a) == len(b)
        and all(x == y or (axis == 0 and None in (x, y)) for axis, (x, y) in enumerate(zip(a, b, strict=True)))
        for a, b in zip(mine, real, strict=True)
    )


def _compare_errors(result: FileResult, real: dict[str, Any], source: Source) -> None:
    report = check_source(source.raw, result.file, Settings())
    result.findings = dict(Counter(found.code for found in report.diagnostics))
    ran, failed = set(real["rows"]), {int(row) for row in real["failed"]}
    for found in report.diagnostics:
        if not found.code.startswith("KC2") or found.code.startswith("KC21") or found.severity is not Severity.ERROR:
            continue
        first = _program_row(source, found.cell, found.span.start.row)
        rows = set(range(first, first + found.span.end.row - found.span.start.row + 1))
        text = f"{result.file}:{first}: {found.code} {found.message}"
        if rows & failed:
            said = next(real["failed"][str(row)] for row in sorted(rows & failed))
            result.confirmed.append(f"{text}  [{said}]")
        elif rows & ran:
            result.false_alarms.append(text)


def _program_row(source: Source, cell: int | None, row: int) -> int:
    return row if cell is None else source.rows_of_cell(cell)[0] + row - 1


def _reasons(source: Source, analysis: Analysis) -> dict[int, list[str]]:
    """Why the models of each row are not exact."""
    found: dict[int, list[str]] = defaultdict(list)
    for program in analysis.paths:
        for network in program.networks:
            if network.site is None or network.site.file is not source or network.status() == "exact":
                continue
            found[source.locate(network.site.node).start.row].append(reason(network))
    return found


def reason(network: Network) -> str:
    """The first reason why a model is not exact."""
    unknown = network.open or network.unknown
    if unknown is not None:
        return unknown.reason
    for layer in network.running_layers():
        if layer.status() == "symbolic":
            return f"symbolic: {layer.cls}"
        if layer.status() == "unknown":
            if layer.unknown is not None:
                return f"{layer.cls}: {layer.unknown.reason}"
            shapes = layer.output_shapes()
            if isinstance(shapes, Unknown):
                return f"{layer.cls} shape: {shapes.reason}"
            try:
                layer.count_params()
            except Undetermined as undetermined:
                return f"{layer.cls} params: {undetermined.reason}"
    shapes = network.output_shapes()
    return shapes.reason if isinstance(shapes, Unknown) else "no layers"


# --- many files ------------------------------------------------------------------------------------------------------

_real_keras: RealKeras | None = None


def _work(job: tuple[str, str, float, Path | None]) -> FileResult | None:
    global _real_keras
    path, group, seconds, cache = job
    _real_keras = _real_keras or RealKeras(cache)
    try:
        return compare_file(path, group, _real_keras, seconds)
    except Exception as error:
        return FileResult(path, group, f"HARNESS {type(error).__name__}: {error}")


def compare_all(
    paths: Sequence[Path], jobs: int = 1, seconds: float = 60.0, cache: Path | None = None
) -> list[FileResult]:
    """Every script and notebook below the paths."""
    work = [(str(file), path.name, seconds, cache) for path in paths for file in _files(path)]
    results: list[FileResult] = []
    with multiprocessing.get_context("spawn").Pool(min(jobs, len(work)) or 1) as pool:
        for number, result in enumerate(pool.imap_unordered(_work, work), 1):
            if result is not None:
                results.append(result)
            if sys.stderr.isatty() or number % 25 == 0:
                print(f"{number}/{len(work)}", file=sys.stderr)
        pool.close()
        pool.join()
    return sorted(results, key=lambda one: (one.group, one.file))


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    return sorted(file for suffix in SUFFIXES for file in path.rglob(f"*{suffix}") if file.is_file())


def show(results: Sequence[FileResult], unseen: Sequence[str]) -> None:
    """The table, and what is behind its numbers."""
    models = [model for result in results for model in result.models]
    print(f"{len(results)} files, {len(models)} models built or begun by Keras\n")
    _table(models)
    print(
        f"\nwithout the {sum(model.absent_data for model in models)} models whose sizes come from data that is absent"
    )
    _table([model for model in models if not model.absent_data])

    print("\nper group: files, models built, equal, exact of ours, findings")
    for group in dict.fromkeys(result.group for result in results):
        of_group = [result for result in results if result.group == group]
        verdicts = Counter(model.verdict for result in of_group for model in result.models)
        built = sum(verdicts[verdict] for verdict in VERDICTS)
        findings = sum((Counter(result.findings) for result in of_group), Counter[str]())
        found = ", ".join(f"{code} {count}" for code, count in sorted(findings.items()))
        print(f"  {group}: {len(of_group)} files, {verdicts['equal']}/{built} equal; {found}")

    seen = [r for r in results if not any(fnmatch.fnmatch(r.file, pattern) for pattern in unseen)]
    print("\nreasons:")
    why = Counter(
        (model.verdict, model.says)
        for r in seen
        for model in r.models
        if model.verdict in ("symbolic", "unknown", "missing") and not model.absent_data
    )
    for (verdict, says), count in why.most_common(40):
        print(f"  {count:4} {verdict:9} {says}")
    for result in seen:
        for model in result.models:
            if model.verdict == "WRONG":
                print(f"WRONG {model.file}:{model.row}: {model.kind}: {model.says}")
            if model.verdict == "refused" and model.ours == "exact":
                print(f"exact though refused {model.file}:{model.row}: {model.says}")
        for alarm in result.false_alarms:
            print(f"FALSE ALARM {alarm}")
    confirmed = sum(len(result.confirmed) for result in results)
    wrong = sum(model.verdict == "WRONG" for model in models)
    alarms = sum(len(result.false_alarms) for result in results)
    print(f"\nwrongly exact: {wrong}; false alarms: {alarms}; announced errors that Keras raised: {confirmed}")


def _table(models: Sequence[Compared]) -> None:
    """Verdicts by the kind of the models."""
    heads = "".join(f"{verdict:>16}" for verdict in VERDICTS)
    print(f"{'':12}{'built':>7}{heads}{'unbuilt':>9}{'cut':>5}{'refused':>8}")
    for kind in KINDS:
        counts = Counter(model.verdict for model in models if model.kind == kind)
        built = sum(counts[verdict] for verdict in VERDICTS)
        cells = [f"{counts[v]:>7} ({100 * counts[v] / max(built, 1):5.1f}%)" for v in VERDICTS]
        rest = f"{counts['unbuilt']:>9}{counts['cut short']:>5}{counts['refused']:>8}"
        print(f"{kind:12}{built:>7}{''.join(cells)}{rest}")


def main() -> int:
    """Run, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--json", type=Path, help="write everything there")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0, help="for the run of one script")
    parser.add_argument(
        "--unseen", action="append", default=[], metavar="GLOB", help="count these, show nothing of them"
    )
    parser.add_argument("--cache", type=Path, help="keep what Keras built in this folder, and use what is there")
    options = parser.parse_args()
    if options.cache is not None:
        options.cache.mkdir(parents=True, exist_ok=True)
    results = compare_all(options.paths, options.jobs, options.seconds, options.cache)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1))
    show(results, options.unseen)
    bad = any(r.false_alarms or any(model.verdict == "WRONG" for model in r.models) for r in results)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())

"""Feed broken and odd programs to every command; whatever is no clean answer is a failure.

    python benchmarks/fuzz.py --inputs 20000 --seed 1 --out build/fuzz

Each input is checked, and its fixes are applied; of every third, the report is written by every reporter, and the
models are summarized, drawn and put on a page; every hundredth goes through the command line itself, in a folder of
its own, with another file and odd settings beside it. A failure is: an exception, an internal error, output that is
not what its format says, an exit status that does not fit, a fix that breaks the syntax, more processor time or memory
than the limits.

One process works off many inputs; it is started anew now and then, and where an input has killed it. Each failure is
kept once, by where it happened, with the smallest input that still shows it. The inputs depend on the seed alone.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import io
import json
import logging
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

import fuzz_inputs  # noqa: E402
from fuzz_inputs import Input  # noqa: E402

#: Seconds of processor time that one command may take on one input, with this budget.
MAX_SECONDS = 8
BUDGET = 0.1
MAX_MEMORY = 4 << 30
#: Inputs of one process.
PER_PROCESS = 1_000
#: One in so many inputs goes through the reporters, `summary`, `graph` and `report`, too.
ALL_OF = 3
#: One in so many goes through the command line.
EVERY = 100
#: How often an input is run again to make it smaller.
MAX_TRIES = 150


class Hang(BaseException):
    """The processor time of one command is used up."""


class Wrong(Exception):
    """An output is not what it should be."""


@dataclass(frozen=True)
class Failure:
    """What went wrong: in which command, how, and where; the key is the same for all inputs that show the same."""

    command: str
    key: str
    details: str


# -- catching what goes wrong -----------------------------------------------------------------------------------------


class _InternalErrors(logging.Handler):
    """Keeps the exceptions that the engine has turned into an internal error."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.errors.append(record.exc_info[1])


_internal = _InternalErrors()


def _out_of_time(number: int, frame: Any) -> None:
    raise Hang


def listen() -> None:
    """Take notice of the internal errors of the engine from now on."""
    logger = logging.getLogger("kerascheck.crashes")
    logger.setLevel(logging.DEBUG)
    if _internal not in logger.handlers:
        logger.addHandler(_internal)


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Raise Hang inside when the time is up."""
    signal.signal(signal.SIGVTALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def failure_of(command: str, error: BaseException) -> Failure:
    """The failure that an exception is."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/kerascheck/" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].name}" if frames else "?"
    if isinstance(error, (RecursionError, Hang)):
        place = frames[min(12, len(frames) - 1)].name if frames else "?"  # the end depends on chance
    what = str(error) if isinstance(error, Wrong) else ""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-25))
    return Failure(
        command, f"{command.split()[0]}: {type(error).__name__} at {place}{' ' + what if what else ''}", text
    )


# -- the whole path, in this process ----------------------------------------------------------------------------------


def _check_json(text: str) -> None:
    json.loads(text)


def _check_lines_of_json(text: str) -> None:
    for line in text.splitlines():
        json.loads(line)


def _check_xml(text: str) -> None:
    ElementTree.fromstring(text)


def _check_plain(text: str) -> None:
    if "\x1b" in text or "\x00" in text:
        raise Wrong("a control character in the output")


_OUTPUTS: dict[str, Callable[[str], None]] = {
    "json": _check_json,
    "json-lines": _check_lines_of_json,
    "gitlab": _check_json,
    "sarif": _check_json,
    "junit": _check_xml,
}


class WholePath:
    """All that is done with one input; counts what was."""

    def __init__(self, counts: Counter[str]) -> None:
        from kerascheck.configuration.config import Settings
        from kerascheck.configuration.selection import Layer, Selection
        from kerascheck.reporters.base import OUTPUT_FORMATS

        everything = Selection((Layer(extend_select=("ALL",)),))
        self.settings = Settings(everything, budget=BUDGET, fix=True)
        self.formats = OUTPUT_FORMATS
        self.counts = counts

    def run(self, one: Input, number: int) -> Failure | None:
        """What goes wrong first."""
        for command, action in self.commands(one, number):
            failure = self.attempt(command, action)
            if failure is not None:
                return failure
        return None

    def attempt(self, command: str, action: Callable[[], None]) -> Failure | None:
        """Carry it out under the limits."""
        _internal.errors.clear()
        self.counts[command.split()[0]] += 1
        try:
            with limited():
                action()
        except (Exception, Hang) as error:
            return failure_of(command, _internal.errors[0] if _internal.errors else error)
        return failure_of(command, _internal.errors[0]) if _internal.errors else None

    def commands(self, one: Input, number: int) -> Iterator[tuple[str, Callable[[], None]]]:
        """Each command with what carries it out; later ones use what earlier ones have found."""
        from kerascheck.engine import examine

        found: list[Any] = []
        yield "check", lambda: found.append(self._checked(one, examine(one.raw, one.name, self.settings)))
        if not found:
            return
        examination = found[0]
        report = examination.report
        if any(diagnostic.fix is not None for diagnostic in report.diagnostics):
            yield "fix", lambda: self._fix(one)
        if number % EVERY and number % ALL_OF:
            return
        if report.diagnostics or number % EVERY == 0:
            yield "reporters", lambda: self._report(one, report)
        if examination.analysis is not None and (
            number % EVERY == 0 or any(program.networks for program in examination.analysis.paths)
        ):
            yield "summary", lambda: self._summarize(examination)
            yield "graph", lambda: self._draw(examination)
            yield "report", lambda: self._page(examination)
        if number % EVERY == 0:
            yield "command-line", lambda: self._command_line(one, number)

    def _checked(self, one: Input, examination: Any) -> Any:
        report = examination.report
        if report.crashed:
            raise Wrong("an internal error")
        for diagnostic in report.diagnostics:
            if diagnostic.code == "KC002" and "too large" in diagnostic.message:
                raise Wrong("no memory")
            span = diagnostic.span
            if not (1 <= span.start.row <= span.end.row and span.start.column >= 1):
                raise Wrong(f"a finding at {span}")
        return examination

    def _report(self, one: Input, report: Any) -> None:
        from kerascheck.reporters.base import Outcome, find_reporter

        outcome = Outcome([report], lambda name: one.raw, 0, True)
        for name in (*self.formats, "statistics"):
            stream = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", newline="")
            find_reporter(name)(outcome, stream, False)
            stream.flush()
            text = stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
            try:
                _OUTPUTS.get(name, _check_plain)(text)
            except (ValueError, ElementTree.ParseError) as error:
                raise Wrong(f"{name}: {error}") from None

    def _fix(self, one: Input) -> None:
        from kerascheck import api

        result = api.fix(one.raw, one.name, settings=self.settings, unsafe=True)
        if result.report.crashed:
            raise Wrong("an internal error behind the fixes")
        if result.source == one.raw:
            return
        if one.name.endswith(".ipynb"):
            json.loads(result.source)
        elif _parses(one.raw) and not _parses(result.source):
            raise Wrong("the fixed text is no program")

    def _summarize(self, examination: Any) -> None:
        from kerascheck.runtime.recursion import deep_recursion
        from kerascheck.views.summary import summarize
        from kerascheck.views.tables import model_table

        with deep_recursion():
            for model in summarize(examination.source, examination.analysis):
                json.loads(json.dumps(model.as_dict()))
                model_table(model, io.StringIO(), False)

    def _draw(self, examination: Any) -> None:
        from kerascheck.runtime.recursion import deep_recursion
        from kerascheck.views import drawing
        from kerascheck.views.graph import architecture, sites_of
        from kerascheck.views.summary import summarize

        with deep_recursion():
            for model in summarize(examination.source, examination.analysis):
                sites = sites_of(model.network, examination.analysis.paths)
                picture = architecture(model, model.network, examination.source, examination.report.diagnostics, sites)
                drawing.mermaid(picture).encode()
                _check_xml(drawing.svg(picture).encode().decode())
                drawing.html(picture).encode()

    def _page(self, examination: Any) -> None:
        from kerascheck.views.report.collect import part_of
        from kerascheck.views.report.page import page

        part = part_of(examination)
        if part.report.crashed:
            raise Wrong("an internal error on the page")
        page([part], "a page").encode("utf-8", "replace")

    # -- the command line -----------------------------------------------------------------------------------------

    def _command_line(self, one: Input, number: int) -> None:
        """The commands themselves, on a folder with the input, another file, odd settings and an odd cache."""
        rng = random.Random(f"folder:{number}")
        with tempfile.TemporaryDirectory(prefix="fuzz-") as name, contextlib.chdir(name):
            folder = Path(name)
            (folder / one.name).write_bytes(one.raw)
            (folder / "other.py").write_text(fuzz_inputs.KERAS + "m = Sequential([Input((4,)), Dense(3)])\n")
            odd = fuzz_inputs.odd_settings(rng)
            for path, raw in odd.items():
                (folder / path).write_bytes(raw)
            statuses = {}
            for line in (
                ["check", "--budget", str(BUDGET), "--output-format", rng.choice(self.formats), "."],
                ["check", "--budget", str(BUDGET), "--fix", "--diff", "."],
                ["check", "--budget", str(BUDGET), "--fix", "--unsafe-fixes", "--no-cache", "."],
                ["summary", "--format", rng.choice(("table", "json")), "."],
                ["graph", "-o", f"picture.{rng.choice(('svg', 'html', 'mmd'))}", one.name],
                ["report", "-o", "page.html", "."],
                ["config", one.name],
            ):
                before = (folder / "other.py").read_bytes()
                statuses[line[0]] = self._invoke(line)
                if (folder / "other.py").read_bytes() != before:
                    raise Wrong("another file was changed")
            if not odd and statuses["report"] == 0 and b"other.py" not in (folder / "page.html").read_bytes():
                raise Wrong("a file is missing on the page")

    def _invoke(self, line: list[str]) -> int:
        from kerascheck.cli.app import app

        self.counts[f"{line[0]} (command line)"] += 1
        out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="")
        status = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                app(line, standalone_mode=True)
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 1
        err.flush()
        said = err.buffer.getvalue().decode()  # type: ignore[attr-defined]
        out.flush()
        written = out.buffer.getvalue().decode()  # type: ignore[attr-defined]
        if "Traceback" in said or status not in (0, 1, 2):
            raise Wrong(f"{line[0]} ends with {status}")
        if "internal error in" in said or "internal error in" in written:
            raise Wrong(f"an internal error in {line[0]}")
        if status == 1 and line[0] in ("summary", "graph", "report", "config"):
            raise Wrong(f"{line[0]} ends with 1")
        return status


def _parses(raw: bytes) -> bool:
    try:
        ast.parse(raw)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# -- the smallest input -----------------------------------------------------------------------------------------------


def smaller(one: Input, is_same: Callable[[Input], bool]) -> Input:
    """The input without what the failure does not need: first whole rows, then parts of rows."""
    tries = MAX_TRIES
    best = one
    for cut in (lambda raw: raw.splitlines(keepends=True), lambda raw: [raw[n : n + 1] for n in range(len(raw))]):
        parts = cut(best.raw)
        size = max(1, len(parts) // 2)
        while size >= 1 and tries > 0:
            at = 0
            while at < len(parts) and tries > 0:
                kept = parts[:at] + parts[at + size :]
                candidate = Input(best.name, b"".join(kept), best.origin)
                tries -= 1
                if is_same(candidate):
                    parts, best = kept, candidate
                else:
                    at += size
            size //= 2
        tries += MAX_TRIES
    return best


# -- the processes ----------------------------------------------------------------------------------------------------


def work(seed: int, first: int, count: int, out: Path, seconds: float) -> None:
    """Work off inputs, noting before each which it is; for a process that may die."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    listen()
    counts: Counter[str] = Counter()
    path = WholePath(counts)
    began = time.monotonic()
    now = (out / "now").open("w")
    for number in range(first, first + count):
        if time.monotonic() - began > seconds:
            break
        now.seek(0)
        now.write(f"{number}\n")
        now.flush()
        one = fuzz_inputs.make(seed, number)
        failure = path.run(one, number)
        counts["inputs"] += 1
        counts["programs"] += _parses(one.raw)
        if failure is not None:
            counts["failures"] += 1
            _keep(out, seed, number, one, failure, path)
        if number % 20 == 0:
            (out / "counts").write_text(json.dumps(counts))
    (out / "counts").write_text(json.dumps(counts))
    now.close()
    (out / "now").write_text("done")


def _keep(out: Path, seed: int, number: int, one: Input, failure: Failure, path: WholePath) -> None:
    """Write the failure down, unless its like is known; with the smallest input that shows it."""
    name = hashlib.sha256(failure.key.encode()).hexdigest()[:10]
    record = out / f"{name}.json"
    if record.exists():
        known = json.loads(record.read_text())
        known["count"] += 1
        record.write_text(json.dumps(known, indent=1))
        return

    def is_same(candidate: Input) -> bool:
        again = path.run(candidate, number)
        return again is not None and again.key == failure.key

    small = one if "Hang" in failure.key else smaller(one, is_same)
    (out / f"{name}{Path(one.name).suffix}").write_bytes(small.raw)
    facts = {"key": failure.key, "count": 1, "seed": seed, "number": number, "origin": one.origin}
    record.write_text(json.dumps({**facts, "details": failure.details}, indent=1))


def supervise(seed: int, first: int, inputs: int, out: Path, seconds: float) -> Counter[str]:
    """Run processes until all inputs, or the seconds, are used up; what was done."""
    out.mkdir(parents=True, exist_ok=True)
    total: Counter[str] = Counter()
    began = time.monotonic()
    number, end = first, first + inputs
    while number < end and (left := seconds - (time.monotonic() - began)) > 0:
        (out / "counts").write_text("{}")
        (out / "now").write_text(str(number))
        count = min(PER_PROCESS, end - number)
        arguments = [str(value) for value in ("--work", seed, number, count, out, left)]
        process = subprocess.run([sys.executable, __file__, *arguments], stderr=subprocess.PIPE, check=False)
        total.update(json.loads((out / "counts").read_text()))
        now = (out / "now").read_text().partition("\n")[0]
        if now == "done":
            number += count
        else:
            one = fuzz_inputs.make(seed, int(now))
            (out / f"died-{now}{Path(one.name).suffix}").write_bytes(one.raw)
            (out / f"died-{now}.txt").write_bytes(process.stderr)
            total["died"] += 1
            number = int(now) + 1
        done = {"next": number, **total}
        with (out / "log").open("a") as log:
            log.write(json.dumps(done) + "\n")
    return total


def main() -> int:
    """The exit status: 0 if nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"), help="a folder for the failures")
    parser.add_argument("--work", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        seed, first, count, out, seconds = options.work
        work(int(seed), int(first), int(count), Path(out), float(seconds))
        return 0
    shutil.rmtree(options.out, ignore_errors=True)
    total = supervise(options.seed, options.first, options.inputs, options.out, options.seconds)
    for what, count in total.items():
        print(f"{what:30} {count:10,}")
    records = [json.loads(path.read_text()) for path in options.out.glob("*.json")]
    for record in sorted(records, key=lambda record: -record["count"]):
        print(f"{record['count']:6} {record['key']}")
    return 1 if total["failures"] or total["died"] else 0


if __name__ == "__main__":
    sys.exit(main())

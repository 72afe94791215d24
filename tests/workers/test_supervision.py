"""Limits from outside: files that take too long, too much memory, or kill their process, beside others."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Report
from kerascheck.engine import check_source
from kerascheck.runtime import processes
from kerascheck.workers import parallel, supervision
from kerascheck.workers.parallel import Job, check_files
from kerascheck.workers.supervision import Allowance

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limits are those of Linux"),
]

ROOT = Path(__file__).parents[2]

PROGRAM = """\
from keras import layers, models
model = models.Sequential([layers.Dense(8, activation="relu", input_dim=4), layers.Dense(1, input_dim=9)])
"""
SMALL = Allowance(processor=1.0, wall=50.0, memory=150_000_000)  # much on the wall: the machine may be busy


@pytest.fixture(autouse=True)
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are copies of this one, and so have what a test puts in place of the analysis."""
    monkeypatch.setattr(processes, "method", "fork")
    monkeypatch.setattr(parallel, "allowance", lambda _: SMALL)
    monkeypatch.setattr(parallel, "check_source", _misbehave)


def _misbehave(raw: bytes, filename: str, settings: Settings) -> Report:
    name = Path(filename).name
    if name.startswith("spin"):
        while True:
            pass
    if name.startswith("stuck"):
        (10**400_000) ** 10  # one instruction, in which no signal handler runs
    if name.startswith("wait"):
        time.sleep(1000)
    if name.startswith("memory"):
        _ = [b"x" * 1_000_000 for _ in range(100_000)]
    if name.startswith("die"):
        os._exit(3)
    if name.startswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("raise"):
        raise ZeroDivisionError
    if name.startswith("turn"):
        if raw.endswith(b"# another\n"):
            while True:
                pass
        Path(filename).write_text(PROGRAM + "# another\n")
    return check_source(raw, filename, settings)


def _check(folder: Path, *names: str, jobs: int = 1) -> list[Report]:
    for name in names:
        (folder / name).write_text(PROGRAM)
    return check_files([Job(str(folder / name), Settings()) for name in names], jobs)


def _codes(report: Report) -> list[str]:
    return [found.code for found in report.diagnostics]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("spin.py", "took more than 1 seconds of processor time"),
        ("stuck.py", "took more than 1 seconds of processor time"),
        ("memory.py", "needs more than 150 MB of memory"),
        ("killed.py", "was killed"),
    ],
)
def test_over_a_limit(name: str, reason: str, jobs: int, tmp_path: Path) -> None:
    before, over, after = _check(tmp_path, "a.py", name, "z.py", jobs=jobs)
    assert _codes(before) == _codes(after) == ["KC103"]
    assert _codes(over) == ["KC002"] and reason in over.diagnostics[0].message
    assert over.crashed and over.given_up


def test_what_waits_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "allowance", lambda _: Allowance(10.0, 4.0))
    began = time.monotonic()
    over, after = _check(tmp_path, "wait.py", "z.py")
    assert time.monotonic() - began < 40
    assert "took longer than 4 seconds" in over.diagnostics[0].message and _codes(after) == ["KC103"]


def test_a_file_that_changes_meanwhile_is_checked_again_under_the_same_limits(tmp_path: Path) -> None:
    over, after = _check(tmp_path, "turn.py", "z.py")
    assert _codes(over) == ["KC002"] and "took more than 1 seconds of processor time" in over.diagnostics[0].message
    assert over.given_up and _codes(after) == ["KC103"]


def test_other_linters_have_the_same_limits(tmp_path: Path) -> None:
    flake8 = pytest.importorskip("kerascheck.integrations.flake8")
    for name, code in (("spin.py", "KC002"), ("killed.py", "KC002"), ("a.py", "KC103")):
        (tmp_path / name).write_text(PROGRAM)
        lines = PROGRAM.splitlines(keepends=True)
        found = list(flake8.Plugin(ast.parse(PROGRAM), str(tmp_path / name), lines).run())
        assert [message.split()[0] for _, _, message, _ in found] == [code]


def test_where_no_copy_can_be_made_a_linter_works_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "method", "fresh")
    monkeypatch.setattr(supervision, "Process", None)
    assert _codes(parallel.check_for_host(PROGRAM.encode(), str(tmp_path / "a.py"), Settings())) == ["KC103"]


def test_a_process_that_dies_is_a_fault_and_no_limit(tmp_path: Path) -> None:
    dead, after = _check(tmp_path, "die.py", "z.py")
    assert dead.crashed and not dead.given_up and _codes(after) == ["KC103"]


def test_what_the_work_raises_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _check(tmp_path, "raise.py", "z.py")


def test_what_is_given_up_is_said_even_if_nobody_wants_its_code(tmp_path: Path) -> None:
    from kerascheck.configuration.selection import Layer, Selection

    (tmp_path / "spin.py").write_text(PROGRAM)
    settings = Settings(selection=Selection((Layer(ignore=("KC002",)),)))
    (report,) = check_files([Job(str(tmp_path / "spin.py"), settings)])
    assert not report.diagnostics and report.incomplete is not None and "processor time" in report.incomplete


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[supervision._Worker]]:
    """The processes that are started."""
    found: list[supervision._Worker] = []
    begin = supervision._Worker.__init__

    def noted(self: supervision._Worker, *arguments: object) -> None:
        begin(self, *arguments)  # type: ignore[arg-type]
        found.append(self)

    monkeypatch.setattr(supervision._Worker, "__init__", noted)
    return iter([found])


def test_no_process_is_left_behind(started: Iterator[list[supervision._Worker]], tmp_path: Path) -> None:
    workers = next(started)
    _check(tmp_path, "a.py", "spin.py", "b.py", jobs=2)
    assert workers
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker.process.pid, 0)


def test_without_processes_the_work_is_done_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(supervision, "Process", refuse)
    assert [_codes(report) for report in _check(tmp_path, "a.py", "b.py", jobs=2)] == [["KC103"], ["KC103"]]


def test_a_fresh_process_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "check_source", check_source)
    monkeypatch.setattr(parallel, "allowance", lambda _: Allowance(100.0, 100.0))
    copied = _check(tmp_path, "a.py", "b.py", jobs=2)
    monkeypatch.setattr(processes, "method", "fresh")
    assert _check(tmp_path, "a.py", "b.py", jobs=2) == copied


SPIN = """\
import sys, time
from kerascheck.workers import parallel
def spin(*_):
    print("begun", file=sys.stderr, flush=True)
    while True:
        pass
parallel.check_source = spin
from kerascheck.cli.app import main
main()
"""


SPIN_ONLY = """\
from kerascheck.workers import parallel
from kerascheck.engine import check_source
from kerascheck.workers.supervision import Allowance
def spin(raw, name, settings):
    while "spin" in name:
        pass
    return check_source(raw, name, settings)
parallel.check_source = spin
parallel.allowance = lambda _: Allowance(0.5, 50.0)
from kerascheck.cli.app import main
main()
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_everything_within_a_second(jobs: str, tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(PROGRAM)
    run = subprocess.Popen(
        [sys.executable, "-c", SPIN, "check", "--no-cache", "-j", jobs, "a.py", "b.py", "c.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert run.stderr is not None
    for _ in range(int(jobs)):
        assert run.stderr.readline() == b"begun\n"
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does it
    assert run.wait(20) == 130
    assert time.monotonic() - began < 1
    assert run.stderr.read() == b""
    with pytest.raises(ProcessLookupError):
        os.killpg(run.pid, 0)


def test_the_exit_status(tmp_path: Path) -> None:
    """1 where other files were looked at, 2 where nothing else can be said."""
    code = SPIN_ONLY
    for name in ("spin.py", "a.py"):
        (tmp_path / name).write_text(PROGRAM)

    def status(*arguments: str) -> int:
        command = [sys.executable, "-c", code, "check", "--no-cache", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60).returncode

    assert status("spin.py", "a.py") == 1
    assert status("--exit-zero", "spin.py", "a.py") == 0
    assert status("spin.py") == 2


IN_COPY = """\
import os, sys, time
from kerascheck import api
from kerascheck.views import drawing
from kerascheck.workers import supervision
from kerascheck.workers.supervision import Allowance
analyze, examine, mermaid = api.analyze, api.examine, drawing.mermaid
def misbehave(filename):
    while "spin" in filename:
        pass
    if "wait" in filename:
        time.sleep(1000)
    if "memory" in filename:
        _ = [b"x" * 1_000_000 for _ in range(100_000)]
    if "die" in filename:
        os._exit(0) if "quietly" in filename else os.kill(os.getpid(), 11)
def bad(raw, filename, *, settings):
    misbehave(filename)
    return analyze(raw, filename, settings=settings)
def draw(picture):
    misbehave("spin")
api.analyze = bad
if "--slow-drawing" in sys.argv:
    sys.argv.remove("--slow-drawing")
    drawing.mermaid = draw
waits = any("wait" in argument for argument in sys.argv)
supervision.allowance = lambda _: Allowance(0.7, 4.0 if waits else 50.0, 150_000_000)
from kerascheck.cli.app import main
main()
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("spin.py", "took more than 0.7 seconds of processor time"),
        ("wait.py", "took longer than 4 seconds"),
        ("memory.py", "too large to analyse"),
        ("die.py", "died"),
    ],
)
def test_other_commands_go_on_with_the_other_files(name: str, reason: str, tmp_path: Path) -> None:
    result = _in_copy(tmp_path, "summary", "--format", "json", "a.py", name, "z.py")
    assert [Path(model["filename"]).name for model in json.loads(result.stdout)] == ["a.py", "z.py"]
    assert result.returncode == 2 and f"{name}: " in result.stderr and reason in result.stderr


def test_a_picture_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    result = _in_copy(tmp_path, "graph", "a.py", "--slow-drawing")
    assert result.returncode == 2 and "a.py: the analysis took more than 0.7 seconds" in result.stderr


def test_a_fault_in_a_command_is_said(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from kerascheck.cli import common, running\n"
        "running.be_a_program()\n"
        "sys.exit(running.run_command(lambda: 1 // 0, True))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 2
    assert result.stderr.startswith("kerascheck: error: internal error in the command (ZeroDivisionError")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough(tmp_path: Path, unbuffered: str) -> None:
    layers = "\n".join(f"m.add(keras.layers.Dense({n}))" for n in range(1, 400))
    (tmp_path / "a.py").write_text(f"import keras\nm = keras.Sequential()\nm.add(keras.Input((2,)))\n{layers}\n")
    (tmp_path / "b.py").write_text("import keras\n")
    for command in (["diff", "a.py", "b.py"], ["summary", "a.py"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "kerascheck", *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": unbuffered},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == ""
        process.stderr.close()
        assert process.wait() in (0, 1)


def _in_copy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    for name in arguments:
        if name.endswith(".py"):
            (folder / name).write_text(PROGRAM)
    command = [sys.executable, "-c", IN_COPY, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

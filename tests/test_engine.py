"""From bytes to a report, with rules and paths made up for the purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import libcst as cst
import pytest

from kerascheck.configuration.config import Overrides, Resolver, Settings
from kerascheck.diagnostics import Report, Severity
from kerascheck.engine import check_file, check_source
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.project.source import Source
from kerascheck.rules import registry
from kerascheck.rules.base import Finding, Repair, Replacement, Rule, Thresholds
from kerascheck.workers.parallel import Job, check_files


class FlagsNames(Rule):
    """Flags every call of a function in `wanted`."""

    code = "KC901"
    name = "flags-names"
    severity = Severity.WARNING
    wanted: ClassVar[frozenset[str]] = frozenset({"bad"})

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for name, _, site in program.calls:
            if name in self.wanted:
                new = cst.parse_expression("good()")
                yield Finding(site, f"{name} is bad", Repair("Use good", (Replacement(site.node, new),)))


class Fails(Rule):
    """Fails on a call of `explode`."""

    code = "KC902"
    name = "fails"
    severity = Severity.ERROR

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if any(name == "explode" for name, _, _ in program.calls):
            raise ZeroDivisionError("oh no")
        yield from ()


@dataclass
class FakeAnalysis:
    paths: list[Program] = field(default_factory=list)
    incomplete: str | None = None
    by_chance: bool = False
    fault: Exception | None = None


def calls_in(source: Source) -> Iterator[cst.Call]:
    stack: list[cst.CSTNode] = [source.tree]
    while stack:
        node = stack.pop()
        stack += reversed(node.children)
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            yield node


def program_of(source: Source, skipped: str = "") -> Program:
    """A path that calls all functions that the source does, but for the skipped one, which it does not reach."""
    program = Program()
    for node in calls_in(source):
        name = cst.ensure_type(node.func, cst.Name).value
        site = Site(source, node)
        if name != skipped:
            program.calls.append((name, None, site))  # type: ignore[arg-type]
            program.reached.add(site.key)
    return program


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tuple(rule for rule in registry.all_rules() if rule.code.startswith("KC0"))
    monkeypatch.setattr(registry, "all_rules", lambda: (*tool, FlagsNames(), Fails()))
    analyze_as(monkeypatch, lambda source: [program_of(source)])


def analyze_as(monkeypatch: pytest.MonkeyPatch, paths: Callable[[Source], list[Program]]) -> None:
    monkeypatch.setattr("kerascheck.machine.analyze", lambda source, *settings: FakeAnalysis(paths(source)))


def select(*codes: str) -> Settings:
    return Resolver(Overrides(extend_select=codes), isolated=True).settings_for(Path.cwd())


def check(text: str, settings: Settings | None = None) -> Report:
    return check_source(("import keras\n" + text).encode(), "x.py", settings or Settings())


def lines(report: Report) -> list[tuple[str, int, int]]:
    return [(d.code, d.span.start.row, d.span.start.column) for d in report.diagnostics]


def test_for_rules_of_other_packages_all_functions_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Foreign(FlagsNames):
        code = "ACME001"

    asked: list[object] = []

    def analyze(source: Source, seconds: float, calls_matter: bool) -> FakeAnalysis:
        asked.append(calls_matter)
        return FakeAnalysis()

    monkeypatch.setattr("kerascheck.machine.analyze", analyze)
    check_source(b"import keras", "x.py", Settings(), [FlagsNames()])
    check_source(b"import keras", "x.py", Settings(), [Foreign()])
    assert asked == [False, True]


def test_a_finding_has_its_place_and_its_fix() -> None:
    [found] = check("x = [bad(), 1]\n").diagnostics
    assert (found.code, found.name, found.severity, found.message) == ("KC901", "flags-names", "warning", "bad is bad")
    assert (found.span.start.row, found.span.start.column, found.span.end.column) == (2, 6, 11)
    assert found.fix is not None and found.fix.edits[0].content == "good"  # the rest is the same text
    assert (found.filename, found.noqa_row) == ("x.py", 2)


def test_findings_come_in_the_order_of_the_file() -> None:
    assert lines(check("y = bad()\nx = [1, bad(), bad()]\n")) == [("KC901", 2, 5), ("KC901", 3, 9), ("KC901", 3, 16)]


def test_a_file_without_keras_is_not_even_decoded() -> None:
    report = check_source(b"bad() \xff\0", "x.py", Settings())
    assert report.diagnostics == [] and report.skipped == "does not mention Keras"


def test_what_is_found_on_every_path_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    analyze_as(monkeypatch, lambda source: [program_of(source), program_of(source)])
    assert lines(check("bad()\n")) == [("KC901", 2, 1)]


def test_a_path_that_does_not_come_by_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    analyze_as(monkeypatch, lambda source: [program_of(source), program_of(source, skipped="bad")])
    assert lines(check("bad()\n")) == [("KC901", 2, 1)]


def test_a_path_that_comes_by_and_finds_nothing_clears_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def paths(source: Source) -> list[Program]:
        other = program_of(source)
        other.calls.clear()
        return [program_of(source), other]

    analyze_as(monkeypatch, paths)
    assert lines(check("bad()\n")) == []


def test_findings_in_other_files_are_left_to_those(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Source(b"bad()\n", "other.py")
    analyze_as(monkeypatch, lambda _: [program_of(other)])
    assert lines(check("x = 1\n")) == []


def test_a_rule_that_fails_does_not_hide_the_others() -> None:
    report = check("bad()\nexplode()\n")
    assert report.crashed
    assert lines(report) == [("KC002", 1, 1), ("KC901", 2, 1)]
    message = report.diagnostics[0].message
    assert "internal error in rule KC902 (ZeroDivisionError: oh no at test_engine.py:" in message
    assert "please report it" in message


def test_an_interpreter_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(source: Source) -> list[Program]:
        raise KeyError("x")

    analyze_as(monkeypatch, fail)
    report = check("bad()\n")
    assert report.crashed and "internal error in the analysis (KeyError: 'x'" in report.diagnostics[0].message


@pytest.mark.parametrize("error", [RecursionError(), MemoryError()])
def test_running_out_of_stack_or_memory_is_no_fault(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(source: Source) -> list[Program]:
        raise error

    analyze_as(monkeypatch, fail)
    report = check("bad()\n")
    assert not report.crashed and lines(report) == [("KC002", 1, 1)]


@pytest.mark.parametrize(("text", "code"), [("x = (\n", "KC001"), ("x = a" + ".f()" * 5_000, "KC002")])
def test_what_cannot_be_parsed_is_one_finding(text: str, code: str) -> None:
    assert [found.code for found in check(text).diagnostics] == [code]


def test_syntax_errors_can_be_ignored() -> None:
    ignoring = Resolver(Overrides(ignore=("KC001",)), isolated=True).settings_for(Path.cwd())
    assert check("x = (\n", ignoring).diagnostics == []


def test_per_file_ignores(tmp_path: Path) -> None:
    settings = Settings(per_file_ignores=(("x.py", ("KC9",)),), root=str(tmp_path))
    raw = b"import keras\nbad()\n"
    assert lines(check_source(raw, str(tmp_path / "x.py"), settings)) == []
    assert lines(check_source(raw, str(tmp_path / "y.py"), settings)) == [("KC901", 2, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "bad()  # noqa",
        "bad()  # NOQA",
        "bad()  # noqa: KC901",
        "bad()  # noqa:KC901,E501",
        "bad()  # noqa: E501 KC901",
        "bad()  # why: x # noqa: KC901",
        "bad()  # kerascheck: ignore",
        "bad()  # kerascheck: ignore[KC901]",
        "bad()  # kerascheck: ignore[KC902, flags-names]",
        "x = [\n  bad(),  # noqa\n]",
        "x = [\n  bad(),\n]  # noqa",
        "x = bad('''\n''')  # noqa",
        "x = 1 + \\\n  bad()  # noqa",
        "# kerascheck: skip-file\nbad()",
    ],
)
def test_comments_that_silence(text: str) -> None:
    assert lines(check(text + "\n")) == []


@pytest.mark.parametrize(
    "text",
    [
        "bad()  # noqa: E501",
        "bad()  # noqa-not",
        "bad()  # kerascheck: ignore[KC902]",
        "bad()\n# noqa",
        "# noqa\nbad()",
        "x = (bad(), '# noqa')",
        "x = (bad(), '''# noqa\n''')",
        "x = '# kerascheck: skip-file', bad()",
        "x = [  # noqa\n  bad(),\n]",
    ],
)
def test_comments_that_do_not(text: str) -> None:
    assert [found.code for found in check(text + "\n").diagnostics] == ["KC901"]


def test_the_row_where_a_comment_can_silence() -> None:
    [found] = check("x = bad('''\n''', 1,\n  2)\n").diagnostics
    assert (found.span.start.row, found.noqa_row) == (2, 3)


@pytest.mark.parametrize(
    ("before", "after", "unused"),
    [
        ("x = 1  # kerascheck: ignore\n", "x = 1\n", ""),
        ("x = 1  # kerascheck: ignore[KC901]\n", "x = 1\n", " of KC901"),
        ("x = 1  # noqa: KC901\n", "x = 1\n", " of KC901"),
        ("x = 1  # noqa: KC901, E501\n", "x = 1  # noqa: E501\n", " of KC901"),
        ("bad()  # kerascheck: ignore[KC901, KC902]\n", "bad()  # kerascheck: ignore[KC901]\n", " of KC902"),
        ("# kerascheck: ignore\nx = 1\n", "x = 1\n", ""),
    ],
)
def test_comments_that_silence_nothing_are_found_and_removed(before: str, after: str, unused: str) -> None:
    [found] = check(before, select("KC003")).diagnostics
    assert (found.code, found.message) == ("KC003", f"this comment silences nothing{unused}; remove it")
    assert found.fix is not None
    source = Source(("# keras\n" + before).encode(), "x.py")
    from kerascheck.fixes.apply import apply_fixes

    assert apply_fixes(source, [found], unsafe=False).decode() == "# keras\n" + after


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # noqa",
        "x = 1  # noqa: E501",
        "bad()  # noqa: KC901",
        "bad()  # kerascheck: ignore",
    ],
)
def test_comments_that_may_be_of_use_are_left(text: str) -> None:
    assert check(text + "\n", select("KC003")).diagnostics == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bad()  # kerascheck: ignored", "there is no directive 'ignored'; did you mean ignore?"),
        ("bad()  # kerascheck: ignore[KC777]", "there is no rule KC777"),
        ("bad()  # kerascheck: ignore[KC901", "the bracket is not closed"),
        ("bad()  # kerascheck: ", "no directive follows; there are ignore, ignore-file, skip-file, shape, reveal"),
    ],
)
def test_directives_that_are_not_understood_silence_nothing_and_are_found(text: str, message: str) -> None:
    found = check(text + "\n").diagnostics
    assert found[0].code == "KC901"
    assert [item.message for item in found if item.code == "KC006"] == [message]


@pytest.mark.parametrize(
    "text",
    [
        "# kerascheck: ignore-file[KC901]\nbad()\n\nbad()",
        "bad()\n# kerascheck: ignore-file",
        "bad()  # noqa:KC9",
        "bad()  # noqa: E501,KC90",
        "bad()  # kerascheck: ignore[KC9]",
    ],
)
def test_comments_for_a_whole_file_and_beginnings_of_codes(text: str) -> None:
    assert check(text + "\n").diagnostics == []


def test_all_comments_can_be_ignored() -> None:
    silent = "# kerascheck: skip-file\nbad()  # noqa\n"
    found = check(silent, Settings(ignore_noqa=True)).diagnostics
    assert [item.code for item in found] == ["KC901"]


def test_severity_is_set_by_rule_and_by_prefix() -> None:
    by_prefix = Settings(severity=(("KC9", Severity.INFO),))
    by_code = Settings(severity=(("KC901", Severity.WARNING), ("KC9", Severity.INFO)))
    assert [item.severity for item in check("bad()\n", by_prefix).diagnostics] == [Severity.INFO]
    assert [item.severity for item in check("bad()\n", by_code).diagnostics] == [Severity.WARNING]


def test_unused_comments_are_found_only_when_selected() -> None:
    assert check("x = 1  # kerascheck: ignore\n").diagnostics == []


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    report = check_file(str(tmp_path / "none.py"), Settings())
    assert [found.code for found in report.diagnostics] == ["KC002"] and not report.crashed


def files(tmp_path: Path, *texts: str) -> list[Job]:
    jobs = []
    for number, text in enumerate(texts):
        path = tmp_path / f"f{number}.py"
        path.write_text("import keras\n" + text)
        jobs.append(Job(str(path), Settings()))
    return jobs


def test_serial_and_parallel_agree(tmp_path: Path) -> None:
    jobs = files(tmp_path, "bad()\n", "x = 1\n", "x = (\n", "bad()\nbad()\n", "explode()\n")
    done: list[int] = []
    serial = check_files(jobs, processes=1)
    assert check_files(jobs, processes=2, progress=done.append) == serial
    assert [len(report.diagnostics) for report in serial] == [1, 0, 1, 2, 1]
    assert sum(done) == len(jobs)


def die_on(source: Source) -> list[Program]:
    import os

    if "die" in source.text:
        os._exit(11)
    return [program_of(source)]


def test_a_process_that_dies_hides_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyze_as(monkeypatch, die_on)
    jobs = files(tmp_path, "bad()\n", "die()\n", "bad()\n", "bad()\n")
    reports = check_files(jobs, processes=2)
    assert [[found.code for found in report.diagnostics] for report in reports] == [
        ["KC901"],
        ["KC002"],
        ["KC901"],
        ["KC901"],
    ]
    assert reports[1].crashed and "died" in reports[1].diagnostics[0].message


def test_a_file_that_vanishes_is_a_finding(tmp_path: Path) -> None:
    jobs = [*files(tmp_path, "bad()\n"), Job(str(tmp_path / "gone.py"), Settings())]
    assert [[found.code for found in report.diagnostics] for report in check_files(jobs)] == [["KC901"], ["KC002"]]


def test_reports_can_cross_a_process() -> None:
    import pickle

    report: Any = check("bad()\n")
    assert pickle.loads(pickle.dumps(report)) == report

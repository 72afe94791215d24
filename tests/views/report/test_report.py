"""`kerascheck report`: what is on the page, and that nothing on it can be more than text."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app
from kerascheck.rules.registry import all_rules, find_rule
from kerascheck.views.report.page import rule_docs
from tests.views.report.dom import select, texts

STACK = """\
import keras
from keras.layers import Dense, Input

model = keras.Sequential([
    Input((4,)),
    Dense(8, activation="relu"),
    Dense(8, input_dim=9, activation="relu"),
    Dense(1),
])
"""
EVIL = "</script><img src=x onerror=alert(1)>\"'"
GRAPH = """\
import keras
a = keras.Input((8,))
b = keras.layers.Dense(4, trainable=False)(a)
both = keras.Model(a, keras.layers.Add()([b, keras.layers.Dense(4)(a)]))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["report", "-o", "r.html", *arguments])


def page(*arguments: str) -> html.HtmlElement:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return html.document_fromstring(Path("r.html").read_text(encoding="utf-8"))


def test_the_places_where_clashing_shapes_come_from_are_listed() -> None:
    Path("a.py").write_text(
        "import keras\na = keras.Input((8,))\nb = keras.Input((9,))\nc = keras.layers.add([a, b])\n"
    )
    tree = page("--select", "KC204", ".")
    assert texts(tree, ".finding .related li") == [
        "line 2: 'input_layer' (InputLayer) outputs (None, 8)",
        "line 3: 'input_layer_1' (InputLayer) outputs (None, 9)",
    ]


def test_findings_stand_with_their_lines() -> None:
    Path("a.py").write_text(STACK)
    tree = page("--select", "KC103", ".")
    assert texts(tree, ".file h3") == ["a.py 1 warning"]
    [finding] = select(tree, "article.finding")
    assert (finding.get("data-code"), finding.get("data-severity")) == ("KC103", "warning")
    assert texts(finding, ".place") == ["line 7, column 14"]
    assert texts(finding, "mark") == ["input_dim", "=", "9"]
    assert texts(finding, ".no") == ["5", "6", "7", "8", "9"]
    assert texts(finding, ".fix") == ["Fix: Remove input_dim ( --fix )"]


def test_counts_are_above() -> None:
    Path("a.py").write_text(STACK)
    Path("b.py").write_text("import keras\nprint 'x'\n")
    tree = page("--select", "KC103,KC001", ".")
    assert texts(tree, ".card") == ["1 error", "1 warning", "0 info", "2 files", "1 model"]
    assert texts(tree, "option") == ["All rules", "KC001 syntax-error (1)", "KC103 redundant-input-shape (1)"]


def test_rules_come_with_their_documentation() -> None:
    Path("a.py").write_text(STACK)
    tree = page("--select", "KC103", ".")
    [rule] = select(tree, ".rule")
    assert rule.get("id") == "rule-KC103"
    assert texts(rule, "summary") == ["KC103 redundant-input-shape 1 finding in 1 file"]
    assert "What it does" in texts(rule, ".docs h4")
    [link] = select(rule, ".places a")
    assert link.text_content() == "a.py, line 7, column 14"
    assert tree.get_element_by_id(link.get("href")[1:]).get("data-code") == "KC103"


def test_models_are_drawn_with_the_findings_at_their_layers() -> None:
    pytest.importorskip("fast_sugiyama")
    Path("a.py").write_text(STACK)
    tree = page("--select", "KC103", ".")
    [model] = select(tree, ".model")
    assert texts(model, "summary")[0] == 'model ("sequential") Sequential 121 parameters exact 1 finding a.py:4'
    assert texts(model, "tbody tr") == [
        "dense Dense (None, 8) 40 32 1.00 KB",
        "dense_1 Dense (None, 8) 72 64 1.00 KB KC103",
        "dense_2 Dense (None, 1) 9 8 128 B",
    ]
    assert texts(model, "tfoot tr")[0] == "Total parameters 121 (484.00 B)"
    [finding] = select(tree, "article.finding")
    targets = {link.get("href") for link in select(model, "svg a, tbody a")}
    assert targets == {f"#{finding.get('id')}"}
    assert select(tree, ".file .see a")[0].get("href") == f"#{model.get('id')}"


def test_findings_about_a_model_and_no_layer_stand_above_it() -> None:
    Path("a.py").write_text(STACK + "model.compile('adam', 'mse', metrics=['accuracy'])\n")
    tree = page("--select", "KC308", ".")
    [finding] = select(tree, ".finding")
    [note] = select(tree, ".model .notes li")
    assert texts(tree, ".model .notes li")[0].startswith("KC308 accuracy under mean_squared_error")
    assert [link.get("href") for link in select(note, "a")] == [f"#{finding.get('id')}"]


def test_graphs_say_what_is_connected() -> None:
    Path("a.py").write_text(GRAPH)
    tree = page(".")
    assert texts(tree, "thead th") == [
        "Layer",
        "Output shape",
        "Parameters",
        "Multiply-adds",
        "Activations",
        "Connected to",
    ]
    assert texts(tree, "tbody tr")[1] == "dense Dense frozen (None, 4) 36 32 512 B input_layer[0][0]"


def test_models_say_what_they_cost() -> None:
    Path("a.py").write_text(STACK)
    shown = texts(page("."), "tfoot tr")
    assert shown[3] == "Multiply-adds 104 per sample, forward pass"
    assert shown[4].startswith("Training memory, batch of 32")


def test_without_what_draws_there_is_the_table_and_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    Path("a.py").write_text(STACK)
    tree = page(".")
    assert select(tree, "svg") == [] and len(select(tree, ".model table")) == 1
    assert "No picture: pip install 'kerascheck[graph]' installs what draws it." in texts(tree, ".model .see")


def test_a_model_that_hangs_on_a_condition_is_shown_in_each_of_its_forms() -> None:
    Path("a.py").write_text(
        "import keras, sys\nn = 3\nif sys.argv:\n    n = 4\nm = keras.Sequential([keras.Input((2,)), keras.layers.Dense(n)])\n"
    )
    tree = page(".")
    assert sorted(texts(model, "tfoot tr")[0] for model in select(tree, ".model")) == [
        "Total parameters 12 (48.00 B)",
        "Total parameters 9 (36.00 B)",
    ]
    assert len(select(tree, ".model svg")) == 2


def test_notebooks_count_within_their_cells() -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("!ls\n" + STACK, "print 1")]
    Path("n.ipynb").write_text(json.dumps({"cells": cells}))
    tree = page("--select", "KC103,KC001", ".")
    assert texts(tree, ".finding .place") == ["cell 1, line 8, column 14", "cell 2, line 1, column 1"]
    assert "n.ipynb:cell 1:5" in texts(tree, ".model summary")[0]


def test_files_without_findings_are_listed() -> None:
    Path("a.py").write_text("import keras\n")
    tree = page(".")
    assert texts(tree, ".nothing") == ["No findings.", "No finding passes the filters."]
    assert texts(tree, "#findings details") == ["1 file without findings a.py"]
    assert select(tree, "#rules, #models") == []


def test_what_the_command_says() -> None:
    Path("a.py").write_text(STACK)
    result = run("--select", "KC103", ".")
    assert (result.exit_code, result.stdout) == (0, "r.html: 1 finding and 1 model in 1 file.\n")
    assert texts(page("."), "h1") == [f"kerascheck: {Path.cwd().name}"]
    Path("a.py").write_text(
        "import keras\ndef build(n):\n    return keras.Sequential([keras.Input((n,)), keras.layers.Dense(n)])\n"
        "build(3), build(4)\n"
    )
    assert run(".").stdout == "r.html: 0 findings and 1 model in 1 file.\n"  # as `check` counts them
    assert run("missing").exit_code == 2
    assert CliRunner().invoke(app, ["report", "a.py", "-o", "no/such/folder.html"]).exit_code == 2
    on_stdout = CliRunner().invoke(app, ["report", "--select", "KC103", "a.py", "-o", "-", "--title", "Mine"]).stdout
    assert on_stdout.startswith("<!DOCTYPE html>\n<html") and "<h1>Mine</h1>" in on_stdout


def test_the_page_is_the_same_each_time_and_with_many_processes() -> None:
    for name in ("a.py", "b.py", "c.py"):
        Path(name).write_text(STACK)
    page("-j", "2", ".")
    first = Path("r.html").read_bytes()
    page("-j", "1", ".")
    assert Path("r.html").read_bytes() == first


# -- nothing comes in, nothing goes out -----------------------------------------------------------------------------


def test_the_policy_allows_our_own_script_and_style_only() -> None:
    Path("a.py").write_text(STACK)
    tree = page(".")
    [policy] = select(tree, "meta[http-equiv='Content-Security-Policy']")
    allowed = dict(part.split(" ", 1) for part in policy.get("content").split("; "))
    assert allowed["default-src"] == "'none'"
    for element, key in (("script", "script-src"), ("style", "style-src")):
        [only] = select(tree, element)
        digest = base64.b64encode(hashlib.sha256(only.text.encode()).digest()).decode()
        assert allowed[key] == f"'sha256-{digest}'"


def test_the_page_fetches_nothing() -> None:
    Path("a.py").write_text(STACK)
    tree = page(".")
    assert select(tree, "link, img, iframe, object, embed, script[src], image, use, base") == []
    for element in tree.iter():
        for name, value in element.attrib.items():
            outside = name == "xmlns" or (name == "href" and element.tag == "a")
            assert outside or not re.match(r"(?:https?:)?//|javascript:|data:", value.strip()), (
                element.tag,
                name,
                value,
            )
            assert not name.lower().startswith("on") and name not in ("src", "style", "srcset")
    assert not re.search(r"@import|url\((?!#)", Path("r.html").read_text().replace("url(#", ""))


@pytest.mark.skipif(os.name == "nt", reason="names of files are tame there")
def test_hostile_text_stays_text() -> None:
    name = "<img src=x onerror=alert(1)>\"'&.py"
    Path(name).write_text(
        STACK.replace("Dense(1)", f"Dense(1, name={EVIL.replace('/', '')!r}), Dense(2, name={EVIL!r})").replace(
            "input_dim=9", f"input_dim=9,  # {EVIL}\n"
        )
        + f"x = {EVIL!r}\nmodel.compile(loss={EVIL!r})\n",
    )
    Path("b.py").write_text(STACK.replace("model", "größe") + "\x0c\n")
    tree = page("--select", "ALL", "--title", EVIL, ".")
    assert select(tree, "img, [onerror], [src]") == []
    assert len(select(tree, "script")) == 1 and len(select(tree, "head title")) == 1
    assert texts(tree, "h1") == [EVIL]
    assert name in [element.get("data-name") for element in select(tree, ".file")]
    assert any(EVIL in text for text in texts(tree, "pre"))
    source = Path("r.html").read_text(encoding="utf-8")
    assert source.count("</script>") == 1 and "<img" not in source


def test_addresses_are_unique() -> None:
    for name in ("a.py", "b.py"):
        Path(name).write_text(STACK + GRAPH)
    tree = page(".")
    ids = [element.get("id") for element in select(tree, "[id]")]
    assert len(ids) == len(set(ids))
    links = {link.get("href") for link in select(tree, "a[href^='#']")}
    assert {link[1:] for link in links} <= set(ids)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_documentation_of_each_rule_is_html(rule: object) -> None:
    from kerascheck.rules.base import Rule

    assert isinstance(rule, Rule)
    tree = html.fragment_fromstring(rule_docs(rule), create_parent="div")
    assert "What it does" in texts(tree, "h4") and select(tree, "script, img, style") == []
    assert "##" not in "".join(texts(tree, "p"))


def test_addresses_in_the_documentation_are_links() -> None:
    rule = find_rule("KC001")
    assert rule is not None
    address = "https://docs.python.org/3/tutorial/errors.html#syntax-errors"
    assert f'<a href="{address}">{address}</a>' in rule_docs(rule)


def test_costs_that_are_lower_bounds_say_why() -> None:
    Path("a.py").write_text(
        "import keras\nm = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4), keras.layers.Dense(1)])\n"
    )
    shown = texts(page("."), "tfoot tr")
    assert "the sizes of its input (None, None, 3) are left open" in shown[-1]


def test_a_long_line_is_shown_around_the_place() -> None:
    from kerascheck.diagnostics import Diagnostic, Position, Severity, Span
    from kerascheck.project.source import Source
    from kerascheck.views.report.excerpts import Excerpts

    text = "x = [" + "0, " * 300 + "bad, " + "1, " * 300 + "]\n"
    column = text.index("bad") + 1
    span = Span(Position(1, column), Position(1, column + 3))
    [row] = Excerpts(Source(text.encode(), "x.py")).of(Diagnostic("KC1", "x", Severity.ERROR, "m", "x.py", span))
    assert [piece.text for piece in row.pieces if piece.marked] == ["bad"]
    assert row.pieces[0].text == row.pieces[-1].text == "…" and sum(len(piece.text) for piece in row.pieces) == 302

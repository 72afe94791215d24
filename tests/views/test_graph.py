"""`kerascheck graph`: pictures of models."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app

HEAD = "import keras\nfrom keras import Input, Model, Sequential\nfrom keras.layers import *\n"
NET = (
    "a = Input((8, 8, 3))\nx = Conv2D(4, 3, padding='same')(a)\ny = Conv2D(4, 1, trainable=False)(a)\n"
    "model = Model(a, Dense(2)(Flatten()(Add()([x, y]))))\n"
)
STACK = "m = Sequential([Input((4,)),\n  Dense(8),\n  Dense(8),\n  Dense(1)])\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text: str, *arguments: str) -> Result:
    Path("x.py").write_text(HEAD + text)
    return CliRunner().invoke(app, ["graph", "x.py", "--isolated", *arguments])


def svg_of(text: str) -> ElementTree.Element:
    pytest.importorskip("fast_sugiyama")
    assert run(text, "-o", "x.svg").exit_code == 0
    return ElementTree.fromstring(Path("x.svg").read_text(encoding="utf-8"))


def test_mermaid_on_stdout() -> None:
    assert (
        run(NET).stdout
        == """\
---
title: "model (Functional): 642 parameters, 626 trainable; exact"
---
flowchart TD
    n0["input_layer (InputLayer)<br/>(None, 8, 8, 3)"]
    n1["conv2d (Conv2D)<br/>(None, 8, 8, 4)<br/>112 parameters"]
    n2["conv2d_1 (Conv2D)<br/>(None, 8, 8, 4)<br/>16 parameters, frozen"]
    n3["add (Add)<br/>(None, 8, 8, 4)"]
    n4["flatten (Flatten)<br/>(None, 256)"]
    n5["dense (Dense)<br/>(None, 2)<br/>514 parameters"]
    n0 --> n1
    n0 --> n2
    n1 --> n3
    n2 --> n3
    n3 --> n4
    n4 --> n5
"""
    )


def test_findings_are_marked_at_their_layers() -> None:
    shown = run(STACK).stdout
    assert 'n0["dense (Dense)<br/>(None, 8)<br/>40 parameters<br/>KC101"]:::warning' in shown
    assert shown.count(":::warning") == 1 and "classDef warning" in shown


def test_an_arrow_passes_a_wide_box_and_not_behind_it() -> None:
    """At the height of the box the arrow of the skip connection is beside it: it runs straight down there."""
    name = "a" * 70
    picture = svg_of(
        f"a = Input((8, 8, 3))\nx = Conv2D(3, 3, padding='same', name='{name}')(a)\ny = Conv2D(3, 1)(x)\n"
        "m = Model(a, Add()([a, y]))\n"
    )
    boxes = [
        tuple(float(rect.get(key, "0")) for key in ("x", "y", "width", "height"))
        for rect in picture.iter("{http://www.w3.org/2000/svg}rect")
        if rect.get("rx")
    ]
    left, top, width, height = max(boxes, key=lambda box: box[2])
    curves = [path.get("d", "") for path in picture.iter("{http://www.w3.org/2000/svg}path")]
    points = [[float(number) for number in re.findall(r"-?[0-9.]+", curve)] for curve in curves if "C" in curve]
    beside = [
        (x, y)
        for numbers in points
        for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        if top <= y <= top + height and not left < x < left + width
    ]
    assert {y for _, y in beside} >= {top, top + height} and len({x for x, _ in beside}) == 1


def test_an_svg_holds_every_layer_once_and_no_two_overlap() -> None:
    root = svg_of(NET)
    ns = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        for rect in root.iter(f"{ns}rect")
        if "rx" in rect.attrib
    ]
    assert len(boxes) == 6
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for number, (x, y, w, h) in enumerate(boxes):
        assert x >= 0 and y >= 0 and x + w <= width and y + h <= height
        for other_x, other_y, other_w, other_h in boxes[:number]:
            assert x >= other_x + other_w or other_x >= x + w or y >= other_y + other_h or other_y >= y + h
    assert len(list(root.iter(f"{ns}path"))) == 6 + 1  # arrows, and the head of an arrow


def test_a_large_network() -> None:
    root = svg_of("m = keras.applications.ResNet50(weights=None)\n")
    assert float(root.attrib["width"]) < 1500
    assert len([1 for title in root.iter("{http://www.w3.org/2000/svg}title")]) == 177


@pytest.mark.parametrize("text", [STACK, "m = Sequential([Input((4,)), Dense(1)])\n"])
def test_html_and_png(text: str) -> None:
    pytest.importorskip("fast_sugiyama")
    pytest.importorskip("resvg_py")
    assert run(text, "-o", "x.html").exit_code == run(text, "-o", "x.png").exit_code == 0
    page = Path("x.html").read_text(encoding="utf-8")
    assert "<svg" in page and ("KC101</b> line 5" in page) == (text is STACK)
    assert Path("x.png").read_bytes().startswith(b"\x89PNG")


def test_the_model_is_chosen_by_its_name() -> None:
    two = "first = Sequential([Input((4,)), Dense(7)])\nsecond = Sequential([Input((4,)), Dense(9)], name='other')\n"
    assert "(None, 7)" in run(two, "--model", "first").stdout
    assert "(None, 9)" in run(two, "--model", "other").stdout
    last = run(two)
    assert "(None, 9)" in last.stdout and "--model draws another: first" in last.stderr
    again = "first = Sequential([Input((4,)), Dense(7)])\nsecond = Sequential([Input((4,)), Dense(8)])\n"
    assert "--model draws another: first\n" in run(f"{again}{two}").stderr


def test_texts_are_escaped() -> None:
    text = "m = Sequential([Input((4,)), Dense(2, name='a<b>\"&c')])\n"
    assert 'n0["a&lt;b&gt;#quot;&amp;c (Dense)' in run(text).stdout
    assert any('a<b>"&c' in "".join(title.itertext()) for title in svg_of(text).iter())


@pytest.mark.parametrize("arguments", [["-o", "x.gif"], ["--model", "nothing"], ["-o", "no/such/folder.mmd"]])
def test_wrong_usage(arguments: list[str]) -> None:
    result = run(STACK, *arguments)
    assert result.exit_code == 2 and result.stderr.startswith("kerascheck: error: ")


def test_no_models() -> None:
    assert run("").exit_code == 2


def test_without_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    result = run(STACK, "-o", "x.svg")
    assert result.exit_code == 2 and re.search(r"pip install 'kerascheck\[graph\]'", result.stderr)


FITTED = (
    "import numpy as np\nm = Sequential([Input((4,)), Dense(3, activation='softmax')])\n"
    "m.compile('adam', 'mse')\nm.fit(np.zeros((8, 5)), np.zeros((8, 3)))\n"
)


def test_findings_of_no_layer_are_notes_at_the_model() -> None:
    text = run(FITTED).stdout
    assert "    note1>\"KC210 line 7: 'x' has the shape (8, 5), but the model expects (None, 4)\"]:::error\n" in text
    drawn = svg_of(FITTED)
    notes = [element.get("class", "") for element in drawn.iter() if element.get("class", "").startswith("note ")]
    assert notes == ["note warning", "note error"]
    assert "KC210 line 7" in "".join(drawn.itertext())
    assert run(FITTED, "-o", "x.html").exit_code == 0
    assert "<b>KC210</b> line 7" in Path("x.html").read_text(encoding="utf-8")


def test_notes_are_about_the_model_that_is_drawn() -> None:
    other = FITTED + "n = Sequential([Input((4,)), Dense(1)])\nn.compile('adam', 'mse')\n"
    assert "KC210" in run(other, "--model", "m").stdout
    assert "KC210" not in run(other, "--model", "n").stdout

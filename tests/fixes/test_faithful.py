"""What does not survive the way from bytes to text and back is not fixed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck import api
from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Edit, Position, Span
from kerascheck.project.source import Source, Unfaithful

PROGRAM = """\
# coding: {encoding}
from keras.models import Sequential
from keras.layers import Dense
NAME = "{name}"
model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=9, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
"""
SETTINGS = Settings()
AT_THE_START = (None, Edit(Span(Position(1, 1), Position(1, 1)), "#\n"))


def program(encoding: str, name: bytes) -> bytes:
    return (
        PROGRAM.format(encoding=encoding, name="NAME")
        .encode("ascii")
        .replace(b'NAME = "NAME"', b'NAME = "' + name + b'"')
    )


FAITHFUL = {
    "utf-8": "gr\u00fc\u00df".encode(),
    "latin-1": b"gr\xfc\xdf",
    "cp1252": b"\x80",
    "shift_jis": "\u540d".encode("shift_jis"),
    "gb18030": "\u540d".encode("gb18030"),
}
#: More than one way to write the same.
UNFAITHFUL = {"utf-7": b"+AEE-", "iso2022_jp": b"\x1b(B\x1b(Bx", "shift_jisx0213": b"\x1b" + b"\\", "hz": b"~{~}x"}


@pytest.mark.parametrize(("encoding", "name"), FAITHFUL.items())
def test_what_gives_the_same_bytes_is_fixed(encoding: str, name: bytes) -> None:
    raw = program(encoding, name)
    fixed = api.fix(raw, "x.py", settings=SETTINGS)
    assert fixed.fixed == 1 and fixed.source == raw.replace(b"Dense(8, input_dim=9, ", b"Dense(8, ")


@pytest.mark.parametrize("encoding", ["utf-7", "iso2022_jp", "hz"])
def test_what_gives_other_bytes_is_left_as_it_is(encoding: str) -> None:
    raw = program(encoding, UNFAITHFUL[encoding])
    source = Source(raw, "x.py")
    assert source.encode(source.text) != raw, "the example shows nothing"
    report = api.check(raw, "x.py", settings=SETTINGS)
    assert [(found.code, found.fix) for found in report.diagnostics] == [("KC103", None)]
    fixed = api.fix(raw, "x.py", settings=SETTINGS)
    assert (fixed.fixed, fixed.source) == (0, raw)
    with pytest.raises(Unfaithful):
        source.edited([AT_THE_START])


def test_a_new_text_must_come_back_too() -> None:
    source = Source(b"# coding: iso2022_jp\nx = 1\n", "x.py")
    assert source.is_faithful
    with pytest.raises(Unfaithful):
        source.edited([(None, Edit(Span(Position(2, 1), Position(2, 1)), "# \x1b(B\n"))])


def test_a_text_that_its_encoding_lacks_is_left_as_it_is() -> None:
    text = PROGRAM.format(encoding="latin-1", name="\u540d")
    fixed = api.fix(text, "x.py", settings=SETTINGS)
    assert (fixed.fixed, fixed.source) == (0, text)
    assert api.fix(PROGRAM.format(encoding="latin-1", name="\u00fc"), "x.py", settings=SETTINGS).fixed == 1


def test_an_editor_is_not_told_to_write_what_an_encoding_lacks() -> None:
    pytest.importorskip("pygls")
    from kerascheck.integrations.lsp.facts import Text
    from kerascheck.integrations.lsp.worker import Worker

    text = PROGRAM.format(encoding="latin-1", name="\u540d")
    assert Worker().fix(Text("x.py", text), False) == ([], 0)
    texts, count = Worker().fix(Text("x.py", text.replace("\u540d", "\u00fc")), False)
    assert count == 1 and "\u00fc" in texts[0][1]


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(program("utf-7", UNFAITHFUL["utf-7"]))
    before = path.read_bytes()
    from kerascheck.cli.check import check
    from kerascheck.cli.common import CheckOptions
    from kerascheck.configuration.config import Overrides

    assert check(CheckOptions((path,), Overrides(fix=True, cache=False), isolated=True)) == 1
    assert path.read_bytes() == before

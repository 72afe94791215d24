"""Comments that silence findings, written by kerascheck itself."""

from __future__ import annotations

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.configuration.suppressions import silencing_edit
from kerascheck.diagnostics import Edit
from kerascheck.engine import check_source
from kerascheck.project.source import Source


def edited(text: str, edit: Edit) -> str:
    source = Source(text.encode(), "x.py")
    return text[: source.offset(edit.span.start)] + edit.content + text[source.offset(edit.span.end) :]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1", "x = 1  # kerascheck: ignore[KC103]"),
        ("x = 1   ", "x = 1  # kerascheck: ignore[KC103]"),
        ("x = 1  # why", "x = 1  # why  # kerascheck: ignore[KC103]"),
        ("x = 1  # noqa: E501", "x = 1  # noqa: E501  # kerascheck: ignore[KC103]"),
        ("x = 1  # noqa: KC101", "x = 1  # noqa: KC101,KC103"),
        ("x = 1  # noqa: E501, KC101", "x = 1  # noqa: E501, KC101, KC103"),
        ("x = 1  # kerascheck: ignore[KC101]", "x = 1  # kerascheck: ignore[KC101, KC103]"),
        ("x = 1  # kerascheck: ignore[KC101] # why", "x = 1  # kerascheck: ignore[KC101, KC103] # why"),
        ("x = '# noqa: KC101'", "x = '# noqa: KC101'  # kerascheck: ignore[KC103]"),
    ],
)
def test_a_comment_is_written_or_gets_one_more_code(line: str, expected: str) -> None:
    text = f"first\n{line}\nlast\n"
    edit = silencing_edit(Source(text.encode(), "x.py"), 2, "KC103")
    assert edited(text, edit) == f"first\n{expected}\nlast\n"


@pytest.mark.parametrize(
    "call",
    [
        "layers.Dense(3, input_dim=3)",
        "layers.Dense(\n    3,\n    input_dim=3,\n)",
        'layers.Dense(3, name="""a\nb""", input_dim=3)',
        "layers.Dense(3, \\\n    input_dim=3)",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_is_written_silences(call: str, newline: str) -> None:
    text = f"from keras import Sequential, layers\nm = Sequential([layers.Dense(3, 'relu', input_dim=2), {call}])\n"
    text = text.replace("\n", newline)
    (found,) = check_source(text.encode(), "x.py", Settings()).diagnostics
    silent = edited(text, silencing_edit(Source(text.encode(), "x.py"), found.noqa_row, found.code))
    assert check_source(silent.encode(), "x.py", Settings()).diagnostics == []

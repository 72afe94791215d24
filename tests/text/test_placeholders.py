"""Templates of Python programs are told from Python that is wrong."""

from __future__ import annotations

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source
from kerascheck.text.placeholders import first_placeholder


@pytest.mark.parametrize(
    "text",
    [
        "from {{ package }}.model import build\n",
        "class {{ name }}Model:\n    pass\n",
        "units = {{ units }}\n{% if deep %}\nlayers = 3\n{% else %}\nlayers = 1\n{% endif %}\n",
        "{# by hand #}\nimport keras\nunits = {{ cookiecutter.units }}\n",
    ],
)
def test_what_is_python_once_it_is_filled_in_is_a_template(text: str) -> None:
    assert first_placeholder(text) == text.index("{")
    report = check_source(f"{text}import keras\n".encode(), "example.py", Settings())
    assert [(found.code, found.severity.value) for found in report.diagnostics] == [("KC004", "info")]


@pytest.mark.parametrize("text", ["import keras\nprint keras\n", "x = {{ a }}\nprint keras\n", "x = {{ a\n"])
def test_python_that_is_wrong_is_none(text: str) -> None:
    assert first_placeholder(text) is None
    report = check_source(b"import keras\n" + text.encode(), "example.py", Settings())
    assert [found.code for found in report.diagnostics] == ["KC001"]


def test_python_that_is_right_is_none_either() -> None:
    assert not check_source(b"import keras\nx = '{{ a }}'\n", "example.py", Settings()).diagnostics

"""The scripts in fixtures/: the good ones are clean, the bad ones give what the .txt beside them says.

`pytest tests/test_fixtures.py --snapshot-update` writes the .txt files anew; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file

FIXTURES = Path(__file__).parent.parent / "fixtures"


def report(path: Path) -> str:
    """The findings as the text reporter prints them, paths left out."""
    found = check_file(str(path), Settings()).diagnostics
    cells = [f"cell {d.cell}:" if d.cell is not None else "" for d in found]
    starts = [d.span.start for d in found]
    return "".join(
        f"{cell}{start.row}:{start.column}: {d.code} {d.message}\n"
        for cell, start, d in zip(cells, starts, found, strict=True)
    )


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("good/*.py")), ids=lambda path: path.stem)
def test_good(path: Path) -> None:
    assert report(path) == ""


@pytest.mark.parametrize(
    "path", sorted([*FIXTURES.glob("bad/*.py"), *FIXTURES.glob("bad/*.ipynb")]), ids=lambda path: path.stem
)
def test_bad(path: Path, request: pytest.FixtureRequest) -> None:
    expected = path.with_suffix(".txt")
    if request.config.getoption("--snapshot-update", default=False):
        expected.write_text(report(path), encoding="utf-8")
    assert report(path) == expected.read_text(encoding="utf-8")


def test_the_seed_is_described_in_full() -> None:
    text = report(FIXTURES / "bad" / "eleven_layers.py")
    assert "11 Dense layers collapse into one" in text
    assert "dropout keeps 5.4% of the paths through 11 Dropout layers (0.8^10 x 0.5); keep one or two" in text
    assert text.count("KC103") == 10

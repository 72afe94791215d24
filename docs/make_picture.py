"""Draws docs/assets/terminal.svg: what kerascheck prints on a fixture, as rich exports it."""

from __future__ import annotations

import io
import os
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_file
from kerascheck.reporters.base import Outcome, find_reporter

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "assets" / "terminal.svg"
SCRIPT = "fixtures/bad/house_prices.py"


def main() -> None:
    """Check the script and draw what the terminal would show."""
    os.chdir(ROOT)
    report = check_file(SCRIPT, Settings())
    stream = io.StringIO()
    find_reporter("full")(Outcome([report], lambda name: Path(name).read_bytes()), stream, True)
    console = Console(record=True, width=132, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), f"kerascheck --output-format full {SCRIPT}"))
    console.print(Text.from_ansi(stream.getvalue().rstrip("\n")))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(console.export_svg(title="kerascheck", unique_id="kerascheck"), encoding="utf-8")


if __name__ == "__main__":
    main()

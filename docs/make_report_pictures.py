"""Draws docs/assets/report-light.png and report-dark.png: the report on fixtures/bad, as Chromium shows it.

Run from the top of the repository: python docs/make_report_pictures.py
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from kerascheck.cli.app import app  # noqa: E402
from tests.browser import screenshot  # noqa: E402

SHOWN = "q=eleven+KC102&theme="


def main() -> None:
    """Write the report, and take a picture of it in each theme."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        app(["report", "fixtures/bad", "-o", str(page), "--isolated"], standalone_mode=False)
        for theme in ("light", "dark"):
            screenshot(page, ROOT / "docs" / "assets" / f"report-{theme}.png", 1040, 1240, SHOWN + theme)


if __name__ == "__main__":
    main()

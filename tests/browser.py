"""A real browser without a window, for tests that look at what a page becomes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

#: Names under which Chromium is installed.
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--mute-audio", "--disable-dev-shm-usage", "--force-color-profile=srgb",
)  # fmt: skip


@cache
def find_chromium() -> str | None:
    """The browser that CHROMIUM names, or one that is installed; None if there is none, or it does not start here."""
    named = os.environ.get("CHROMIUM")
    found = named or next((found for name in _NAMES if (found := shutil.which(name))), None)
    if found is None:
        return None
    try:
        _run(found, "--dump-dom", "about:blank")
    except (OSError, subprocess.SubprocessError):
        return None
    return found


def chromium(page: Path, *arguments: str, fragment: str = "") -> str:
    """What the browser writes about a page, opened with a `#fragment`."""
    browser = find_chromium()
    assert browser is not None
    return _run(browser, *arguments, f"{page.absolute().as_uri()}#{fragment}")


def screenshot(page: Path, picture: Path, width: int, height: int, fragment: str = "") -> None:
    """Save what a window of this size shows."""
    chromium(page, f"--screenshot={picture.absolute()}", f"--window-size={width},{height}", fragment=fragment)


def _run(browser: str, *arguments: str) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", *arguments]
        return subprocess.run(command, capture_output=True, timeout=120, check=True, encoding="utf-8").stdout

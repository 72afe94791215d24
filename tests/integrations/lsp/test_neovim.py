"""The language server in a real editor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="needs the extra lsp")

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
PROGRAM = """\
# 🧠
from keras import Sequential, layers

model = Sequential([
    layers.Dense(8, activation="relu", input_dim=4),
    layers.Dense(8, "relu", name="🧠", input_dim=9),
    layers.Dense(1, activation="sigmoid", input_dim=9),
])
"""


@pytest.mark.skipif(shutil.which("nvim") is None, reason="drives Neovim, which is not installed")
def test_neovim_shows_findings_and_applies_actions(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(PROGRAM, encoding="utf-8")
    result = subprocess.run(
        [
            "nvim",
            "--headless",
            "-u",
            "NONE",
            "-i",
            "NONE",
            "-n",
            "-c",
            f"luafile {HERE / 'drive_neovim.lua'}",
            "-c",
            "qa!",
        ],
        env={
            **os.environ,
            "KERASCHECK_FILE": str(file),
            "KERASCHECK_COMMAND": json.dumps([sys.executable, "-m", "kerascheck", "lsp"]),
            "PYTHONPATH": str(HERE.parents[2]),
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
    )
    seen: dict[str, list[Any]] = {}
    for line in result.stdout.splitlines():
        if line.startswith("["):
            what, value = json.loads(line)
            seen.setdefault(what, []).append(value)
    assert "timeout" not in seen, (seen, result.stderr)

    rows = PROGRAM.splitlines()
    column = len(rows[5][: rows[5].index("input_dim")].encode()) + 1  # Neovim counts bytes
    assert seen["findings"] == [[f"KC103 6:{column}", "KC103 7:43"]]
    assert seen["offered"][0] == [
        "KC103: Remove input_dim",
        "Disable KC103 for this line",
        "Show documentation of KC103",
        "Fix all (kerascheck)",
    ]
    fixed = PROGRAM.replace(', name="🧠", input_dim=9', ', name="🧠"')
    assert seen["fixed"] == [fixed]
    assert seen["silenced"] == [fixed.replace("=9),\n])", "=9),  # kerascheck: ignore[KC103]\n])")]
    all_fixed = fixed.replace(', activation="sigmoid", input_dim=9', ', activation="sigmoid"')
    assert seen["all fixed"] == [all_fixed]
    assert seen["broken"] == [["KC001 1:5"]]
    assert seen["mended"] in ([[]], [{}])  # an empty table of Lua is both
    assert "(None, 8)" in seen["hover"][0]

"""Imports that never come from what is being checked."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

import pytest

from kerascheck.runtime import safe_path


def test_a_module_of_the_current_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "only_here_of_all.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    with safe_path.own_imports(), pytest.raises(ModuleNotFoundError, match="only_here_of_all"):
        importlib.import_module("only_here_of_all")


def test_asking_for_what_is_not_installed_is_answered() -> None:
    """Libraries ask so whether others are there, and it is no error if they are not."""
    with safe_path.own_imports():
        assert importlib.util.find_spec("installed_by_nobody_at_all") is None
        assert importlib.util.find_spec("json") is not None

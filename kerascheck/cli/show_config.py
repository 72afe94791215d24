"""`kerascheck config`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import (
    Failure,
)
from kerascheck.configuration.config import TABLES, Overrides, Resolver
from kerascheck.errors import ConfigError
from kerascheck.runtime.reading import read_program
from kerascheck.text.escaping import as_json, one_line

if TYPE_CHECKING:
    from kerascheck.project.target import Target


def show_config(
    path: Path, overrides: Overrides, config: Path | None, isolated: bool, stream: TextIO, structured: bool = False
) -> None:
    """`kerascheck config`: the settings that hold for a path, each with where it comes from, as TOML or JSON.

    Raises:
        Failure: a configuration file is wrong, or the path does not exist.
    """
    if not path.exists():
        raise Failure(f"{path}: no such file or folder")
    try:
        resolved = Resolver(overrides, config, isolated).resolve(path)
    except ConfigError as error:
        raise Failure(str(error)) from None
    target = _target_of(path, resolved.settings.target) if path.is_file() else None
    if structured:
        settings = {
            key: {"value": dict(value) if key in TABLES else value, "origin": resolved.origins[key]}  # type: ignore[call-overload]
            for key, value in resolved.values.items()
        }
        found = _target_facts(path, target) if target is not None else None
        stream.write(as_json({"settings": settings, "target": found}, stream) + "\n")
        return
    rows = [(row, resolved.origins[key]) for key, value in resolved.values.items() for row in _rows(key, value)]
    width = max(len(row) for row, _ in rows if len(row) <= 60)
    for row, origin in rows:
        stream.write(f"{row.ljust(width)}  # {one_line(origin)}\n")
    if target is not None:
        shown = "; ".join(str(found) for found in target.evidence[:_MAX_EVIDENCE]) or "nothing shows it"
        stream.write(f"# {one_line(str(path))} is written for {target.era.value}: {one_line(shown)}\n")
        stream.write(f"# what Keras 3 does not have is {_SAID[target.old_forms]}\n")


#: What is said of forms that Keras 3 does not have, in words.
_SAID = {"pass": "right there, and not reported", "note": "reported as a note", "error": "reported as an error"}


def _target_of(path: Path, setting: str) -> Target | None:
    """The Keras that a file is taken to be written for, and why; None for what is no program."""
    from kerascheck.engine import aim
    from kerascheck.project.source import Source, SourceError

    try:
        source = Source(read_program(str(path)), str(path))
        aim(source, setting)
        return source.target
    except (OSError, SourceError):
        return None


def _target_facts(path: Path, target: Target) -> dict[str, object]:
    """The decision, as JSON has it."""
    return {
        "filename": str(path),
        "era": target.era.value,
        "evidence": [
            {"era": found.era.value, "text": found.text, "filename": found.filename, "row": found.row}
            for found in target.evidence
        ],
        "old_forms": target.old_forms,
    }


_MAX_EVIDENCE = 3


def _rows(key: str, value: object) -> list[str]:
    """A setting as rows of TOML: a table has one for each of its keys; what is not set is a comment."""
    if value is None:
        return [f"# {key}: the rules that are on by default"]
    if key in TABLES:
        assert isinstance(value, tuple)
        listed = [f"{key}.{_toml(inner)} = {_toml(codes)}" for inner, codes in value]
        return listed or [f"{key} = {{}}"]
    return [f"{key} = {_toml(value)}"]


def _toml(value: object) -> str:
    import json

    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

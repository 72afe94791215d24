"""What each key of a configuration holds: the values that are taken, and what is said of others."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from kerascheck.configuration.selection import matches
from kerascheck.diagnostics import Severity
from kerascheck.errors import ConfigError
from kerascheck.project.target import Era
from kerascheck.reporters.base import OUTPUT_FORMATS
from kerascheck.rules.base import Thresholds
from kerascheck.text.spelling import most_like

#: Files that hold nothing but settings, the strongest first.
OWN_FILES = (".kerascheck.toml", "kerascheck.toml")
#: All files in which settings stand.
CONFIGURATION_FILES = (*OWN_FILES, "pyproject.toml")

_FAMILY = re.compile(r"KC\d", re.IGNORECASE)

AUTO = "auto"

#: What the setting `target` may be.
TARGETS = (AUTO, *(era.value for era in Era if era is not Era.UNKNOWN))

#: Which rules are on where nobody asks for them or against them.
PRESETS = ("default", "errors", "strict", "teaching")

#: When output is coloured.
COLOURS = ("auto", "always", "never")
_SEVERITIES = tuple(severity.value for severity in Severity)

#: The largest budget for one file, in seconds.
MAX_BUDGET = 3600

#: Names of folders and files that are never searched, as ruff has them.
DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox"),
    *(".pants.d", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode"),
    *("__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv"),
)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of strings")
    return tuple(value)


def _patterns(value: object) -> tuple[str, ...]:
    patterns = _strings(value)
    for pattern in patterns:
        check_pattern(pattern)
    return patterns


def check_pattern(pattern: str) -> None:
    """Raises ConfigError unless the text is a pattern of files."""
    from kerascheck.project.ignoring import why_no_pattern

    reason = why_no_pattern(pattern)
    if reason is not None:
        raise ConfigError(f"{pattern!r} is not a pattern of files: {reason}")


def _selectors(value: object) -> tuple[str, ...]:
    selectors = _strings(value)
    for selector in selectors:
        check_selector(selector)
    return selectors


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _path(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("the path of a file")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text")
    return value


def _one_of(*choices: str) -> Callable[[object], str]:
    def convert(value: object) -> str:
        if value not in choices:
            raise TypeError(f"one of {', '.join(choices)}")
        return str(value)

    return convert


def _severity(value: object) -> Severity:
    return Severity(_one_of(*_SEVERITIES)(value))


def _severities(value: object) -> tuple[tuple[str, Severity], ...]:
    if not isinstance(value, dict):
        raise TypeError("a table of codes and severities")
    for selector in value:
        check_selector(selector)
    return tuple((selector, _severity(severity)) for selector, severity in value.items())


def _jobs(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError("a whole number, 0 for as many as the work needs")
    return value


def _output_format(value: object) -> str:
    if value not in OUTPUT_FORMATS:
        raise TypeError(f"one of {', '.join(OUTPUT_FORMATS)}")
    return str(value)


def _target(value: object) -> str:
    if value not in TARGETS:
        raise TypeError(f"one of {', '.join(TARGETS)}")
    return str(value)


def _budget(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= MAX_BUDGET:
        raise TypeError(f"a number of seconds above 0, {MAX_BUDGET} at most")
    return float(value)


def _per_file_ignores(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise TypeError("a table of file patterns and lists of codes")
    for pattern in value:
        check_pattern(pattern)
    return tuple((pattern, _selectors(codes)) for pattern, codes in value.items())


#: The least and the largest value of thresholds, None for no limit; all others are 0 at least.
_RANGES: dict[str, tuple[float, float | None]] = {"dropout-survival": (0, 1)}
_FROM_0: tuple[float, float | None] = (0, None)


def _threshold(key: str, default: float) -> Callable[[object], float]:
    least, largest = _RANGES.get(key, _FROM_0)

    def convert(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError("a number")
        if isinstance(default, int) and not isinstance(value, int):
            raise TypeError("a whole number")
        if not math.isfinite(value):
            raise TypeError("a finite number")
        if largest is not None and not least <= value <= largest:
            raise TypeError(f"a number from {least} to {largest}")
        if value < least:
            raise TypeError(f"a number, {least} at least")
        return value

    return convert


THRESHOLD_KEYS = {item.name.replace("_", "-"): item for item in fields(Thresholds)}


#: Every key of `[tool.kerascheck]`: what converts its value (TypeError names what was expected) and its default.
KEYS: dict[str, tuple[Callable[[object], Any], object]] = {
    "select": (_selectors, None),
    "ignore": (_selectors, ()),
    "extend-select": (_selectors, ()),
    "per-file-ignores": (_per_file_ignores, ()),
    "exclude": (_patterns, DEFAULT_EXCLUDE),
    "extend-exclude": (_patterns, ()),
    "respect-gitignore": (_boolean, True),
    "force-exclude": (_boolean, False),
    "output-format": (_output_format, "text"),
    "fix": (_boolean, False),
    "unsafe-fixes": (_boolean, False),
    "fixable": (_selectors, ("ALL",)),
    "unfixable": (_selectors, ()),
    "baseline": (_path, ""),
    "budget": (_budget, 2.0),
    "read-data": (_boolean, True),
    "target": (_target, AUTO),
    "preset": (_one_of(*PRESETS), "default"),
    "severity": (_severities, ()),
    "fail-on": (_severity, Severity.INFO),
    "ignore-noqa": (_boolean, False),
    "statistics": (_boolean, False),
    "show-unknown": (_boolean, False),
    "show-fixes": (_boolean, False),
    "fix-only": (_boolean, False),
    "exit-zero": (_boolean, False),
    "exit-non-zero-on-fix": (_boolean, False),
    "quiet": (_boolean, False),
    "verbose": (_boolean, False),
    "color": (_one_of(*COLOURS), "auto"),
    "jobs": (_jobs, 0),
    "cache": (_boolean, True),
    "cache-dir": (_path, ""),
    "output-file": (_path, ""),
    "diff-base": (_text, ""),
    **{key: (_threshold(key, item.default), item.default) for key, item in THRESHOLD_KEYS.items()},  # type: ignore[arg-type]
}


def check_selector(selector: str) -> None:
    """Raises ConfigError unless the selector is `ALL`, the beginning of a code that exists, or a rule's name."""
    if selector.upper() in ("ALL", "KC"):
        return
    from kerascheck.rules.registry import all_rules

    rules = all_rules()
    is_family = _FAMILY.fullmatch(selector) is not None  # which may have no rule yet
    if is_family or any(matches(selector, rule.code, rule.name) for rule in rules):
        return
    known = [*(rule.code for rule in rules), *(rule.name for rule in rules)]
    is_code = re.fullmatch(r"[A-Z]+\d{3}", selector)  # all are alike: none of them is meant more than another
    near = None if is_code else most_like(selector.upper(), known) or most_like(selector.lower(), known)
    hint = f"; did you mean {near}?" if near else "; `kerascheck rules` lists them all"
    raise ConfigError(f"there is no rule {selector!r}{hint}")

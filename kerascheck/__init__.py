"""kerascheck: a type checker and linter for Keras programs.

The functions and records of `kerascheck.api` are names of this package too; they are imported at their first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kerascheck.api import (
        Applicability,
        ConfigError,
        Diagnostic,
        Edit,
        Fix,
        FixResult,
        Position,
        Report,
        Settings,
        Severity,
        Span,
        check,
        check_paths,
        examine,
        fix,
        settings_for,
        summarize,
    )

__version__ = "0.1.0"

__all__ = [
    "Applicability",
    "ConfigError",
    "Diagnostic",
    "Edit",
    "Fix",
    "FixResult",
    "Position",
    "Report",
    "Settings",
    "Severity",
    "Span",
    "__version__",
    "check",
    "check_paths",
    "examine",
    "fix",
    "settings_for",
    "summarize",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from kerascheck import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""kerascheck: a type checker and linter for Keras programs.

The functions and records of `kerascheck.api` are names of this package too; they are imported at their first use.
"""

# Nothing is imported before the folder that `python -m kerascheck` was started in is off the path, not even __future__.
from kerascheck.runtime import safe_path

safe_path.leave_folder_of_module()

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kerascheck.api import (
        Applicability,
        ConfigError,
        Diagnostic,
        Edit,
        Examination,
        Fix,
        FixResult,
        LayerRow,
        ModelSummary,
        NoSuchPath,
        PluginError,
        Position,
        Report,
        Resolver,
        Settings,
        Severity,
        SourceError,
        Span,
        analyze,
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
    "Examination",
    "Fix",
    "FixResult",
    "LayerRow",
    "ModelSummary",
    "NoSuchPath",
    "PluginError",
    "Position",
    "Report",
    "Resolver",
    "Settings",
    "Severity",
    "SourceError",
    "Span",
    "__version__",
    "analyze",
    "check",
    "check_paths",
    "examine",
    "fix",
    "settings_for",
    "summarize",
]


def __getattr__(name: str) -> "Any":
    if name in __all__:
        with safe_path.own_imports():
            from kerascheck import api

            return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: "Any") -> None:
    """`%load_ext kerascheck`: called by IPython."""
    with safe_path.own_imports():
        from kerascheck.integrations import jupyter

        jupyter.load_ipython_extension(shell)


def unload_ipython_extension(shell: "Any") -> None:
    """`%unload_ext kerascheck`: called by IPython."""
    with safe_path.own_imports():
        from kerascheck.integrations import jupyter

        jupyter.unload_ipython_extension(shell)


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})

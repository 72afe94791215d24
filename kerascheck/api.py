"""The Python API: what the command line does, as functions on text and files. Names in `__all__` stay as they are.

The same is importable from the package itself:

    import kerascheck

    report = kerascheck.check("import keras\\nkeras.Sequential([keras.layers.Dense(4, input_dim=0)])\\n", "model.py")
    for diagnostic in report.diagnostics:
        print(diagnostic.span.start.row, diagnostic.code, diagnostic.message)

All results are plain dataclasses. Nothing of the checked program is imported or run. Settings come from the
configuration files that the command line would use for the file (`settings_for`), unless `settings` is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from kerascheck.configuration.config import Overrides, Resolver, Settings
from kerascheck.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Report, Severity, Span
from kerascheck.errors import ConfigError
from kerascheck.project.discovery import NoSuchPath
from kerascheck.project.source import SourceError
from kerascheck.runtime import safe_path

if TYPE_CHECKING:
    from kerascheck.engine import Examination
    from kerascheck.errors import PluginError
    from kerascheck.views.summary import LayerRow, ModelSummary

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
    "analyze",
    "check",
    "check_paths",
    "examine",
    "fix",
    "settings_for",
    "summarize",
]

#: Where the names are that are not imported with this module.
_ELSEWHERE = {
    "Examination": "kerascheck.engine",
    "LayerRow": "kerascheck.views.summary",
    "ModelSummary": "kerascheck.views.summary",
    "PluginError": "kerascheck.errors",
}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


#: The name of a text that lies in no file.
NO_FILE = "<string>"

_Text: TypeAlias = str | bytes
_Path: TypeAlias = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class FixResult:
    """A text after fixing: of the same type as it was given, how many findings were fixed, and what is left."""

    source: _Text
    fixed: int
    report: Report
    codes: Mapping[str, int] = field(default_factory=dict)  # how many of each code were fixed


def settings_for(
    path: _Path = ".",
    *,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    budget: float | None = None,
    target: str | None = None,
    config: _Path | None = None,
    isolated: bool = False,
) -> Settings:
    """The settings that the command line would use for a file or folder, which need not exist.

    Args:
        path: the file or folder.
        select: codes, prefixes or names of the rules to report, instead of those on by default.
        ignore: codes, prefixes or names not to report.
        extend_select: codes, prefixes or names to report besides.
        budget: the work that one file may cost, in seconds of a slow core.
        target: the Keras that the programs are written for: keras1, keras2, tf-keras, keras3 or auto.
        config: the configuration file to use, instead of the nearest one.
        isolated: use no configuration file.

    Raises:
        ConfigError: there is no such rule, or the configuration file is wrong.
    """
    overrides = Overrides(
        select=None if select is None else tuple(select),
        ignore=tuple(ignore),
        extend_select=tuple(extend_select),
        budget=budget,
        target=target,
    )
    return Resolver(overrides, None if config is None else Path(config), isolated).settings_for(Path(path))


def check(source: _Text, filename: _Path = NO_FILE, *, settings: Settings | None = None) -> Report:
    """The findings in a text. A file that cannot be read as Python gives KC001 or KC002; nothing is raised for it.

    Args:
        source: a Python program, or the JSON of a notebook if the name ends in `.ipynb`.
        filename: where it lies, or would lie: imports of the project's own modules are resolved from there.
        settings: those to use, instead of the configuration for the file.

    Raises:
        ConfigError: the configuration file is wrong.
    """
    return examine(source, filename, settings=settings).report


def examine(source: _Text, filename: _Path = NO_FILE, *, settings: Settings | None = None) -> Examination:
    """The findings in a text, with its tree and its models, for tools that show more; see `check`."""
    with safe_path.own_imports():
        from kerascheck.engine import examine

        return examine(to_bytes(source, filename), fspath(filename), settings or settings_for(filename))


def analyze(source: _Text, filename: _Path = NO_FILE, *, settings: Settings | None = None) -> Examination:
    """The tree and the models of a text, without looking for faults in them: the report has no findings.

    Args:
        source: a Python program, or the JSON of a notebook if the name ends in `.ipynb`.
        filename: where it lies, or would lie.
        settings: those to use, instead of the configuration for the file; only the budget, the target and `read_data`
            matter.

    Raises:
        SourceError: the text is no Python, or cannot be decoded.
        ConfigError: the configuration file is wrong.
    """
    with safe_path.own_imports():
        from kerascheck.engine import analyze
        from kerascheck.machine.files import data_reading

        found = settings or settings_for(filename)
        with data_reading(found.read_data):
            return analyze(to_bytes(source, filename), fspath(filename), found.budget, found.target)


def check_paths(
    paths: Iterable[_Path],
    *,
    settings: Settings | Resolver | None = None,
    jobs: int = 0,
    use_cache: bool = True,
    progress: Callable[[int, int], None] | None = None,
    cache_dir: _Path | None = None,
) -> list[Report]:
    """The reports of files, and of the Python files and notebooks in folders, in the order in which they are found.

    Args:
        paths: files and folders.
        settings: for all files; a `Resolver` gives each its own, by default that of the configuration.
        jobs: how many processes; 0 for as many as the work needs.
        use_cache: whether earlier results are used and kept.
        progress: called with the number of files done and of all files, whenever some are done.
        cache_dir: where they are kept; None for the user's own place.

    Raises:
        NoSuchPath: a path does not exist.
        ConfigError: a configuration file is wrong, or the rules of another package cannot be used (PluginError).
    """
    with safe_path.own_imports():
        return _check_paths(paths, _resolver(settings), jobs, use_cache, progress, cache_dir)


def _check_paths(
    paths: Iterable[_Path],
    resolve: Callable[[Path], Settings],
    jobs: int,
    use_cache: bool,
    progress: Callable[[int, int], None] | None,
    cache_dir: _Path | None,
) -> list[Report]:
    from kerascheck.project.discovery import discover
    from kerascheck.project.target import forget
    from kerascheck.workers.cache import Cache
    from kerascheck.workers.parallel import Job, check_files

    forget()
    todo = [Job(str(path), resolve(path)) for path in discover(map(Path, paths), resolve)]
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, len(todo))

    cache = Cache(Path(cache_dir)) if cache_dir is not None else Cache.of_user()
    return check_files(todo, jobs, cache if use_cache else None, advance)


def summarize(source: _Text, filename: _Path = NO_FILE, *, settings: Settings | None = None) -> Sequence[ModelSummary]:
    """What `model.summary()` would print of each model in a text, in the order of the source.

    Raises:
        SourceError: the text is no Python, or cannot be decoded.
        ConfigError: the configuration file is wrong.
    """
    with safe_path.own_imports():
        from kerascheck.runtime.recursion import deep_recursion
        from kerascheck.views.summary import summarize

        found = analyze(source, filename, settings=settings)
        if found.source is None or found.analysis is None:
            return []
        with deep_recursion():
            return summarize(found.source, found.analysis)


def fix(
    source: _Text,
    filename: _Path = NO_FILE,
    *,
    settings: Settings | None = None,
    unsafe: bool | None = None,
    only: Callable[[Report, bytes], Iterable[Diagnostic]] | None = None,
) -> FixResult:
    """The text with all fixes applied, as `--fix` would: again and again until none is left.

    Args:
        source: a Python program, or the JSON of a notebook if the name ends in `.ipynb`.
        filename: where it lies.
        settings: those to use, instead of the configuration for the file.
        unsafe: whether to apply fixes that may change what the program does; None: as the settings say.
        only: chooses, given a report and the bytes that were checked, the findings to fix; None: all. The others
            stay in the report, but without their fixes.

    Raises:
        ConfigError: the configuration file is wrong.
    """
    with safe_path.own_imports():
        return _fix(source, filename, settings, unsafe, only)


def _fix(
    source: _Text,
    filename: _Path,
    settings: Settings | None,
    unsafe: bool | None,
    only: Callable[[Report, bytes], Iterable[Diagnostic]] | None,
) -> FixResult:
    from kerascheck.engine import examine
    from kerascheck.fixes.apply import fix_all
    from kerascheck.runtime.recursion import deep_recursion
    from kerascheck.views.program_facts import programs_of

    used = settings or settings_for(filename)
    name, raw = fspath(filename), to_bytes(source, filename)

    built: dict[bytes, Counter[Hashable] | None] = {}

    def check(new: bytes) -> Report:
        found = examine(new, name, used)
        report, source, analysis = found.report, found.source, found.analysis
        if source is not None and analysis is not None and report.incomplete is None and not report.crashed:
            with deep_recursion():
                built[new] = programs_of(source, analysis)
        return report if only is None else _with_fixes_of(report, set(only(report, new)))

    before = check(raw)
    if isinstance(source, str) and not _is_text_of(source, raw, name):
        return FixResult(source, 0, before)
    result = fix_all(raw, before, check, used.unsafe_fixes if unsafe is None else unsafe, built.get)
    if isinstance(source, bytes):
        return FixResult(result.raw, result.count, result.report, dict(result.codes))
    if result.raw == raw:
        return FixResult(source, 0, result.report)
    return FixResult(_text(result.raw, name), result.count, result.report, dict(result.codes))


def _with_fixes_of(report: Report, wanted: set[Diagnostic]) -> Report:
    """The report with the fixes of these findings alone. The others are kept: a fix must add no error to them."""
    found = [item if item in wanted else replace(item, fix=None) for item in report.diagnostics]
    return replace(report, diagnostics=found)


def to_bytes(source: _Text, filename: _Path) -> bytes:
    """The text as it would be saved: in the encoding that its first lines name, else utf-8.

    A character that this encoding lacks becomes `?`, so that rows and columns stay; where it can hold no such text at
    all, it is saved as utf-8 and then found not to be what it says.
    """
    if isinstance(source, bytes):
        return source
    from kerascheck.project.source import declared_encoding
    from kerascheck.text.notebook import SUFFIX

    encoding = "utf-8" if fspath(filename).endswith(SUFFIX) else declared_encoding(source)
    try:
        return source.encode(encoding, "replace")
    except UnicodeError:  # a codec that replaces nothing
        return source.encode("utf-8", "replace")


def _text(raw: bytes, filename: str) -> str:
    from kerascheck.project.source import Source
    from kerascheck.text.notebook import SUFFIX

    if filename.endswith(SUFFIX):
        return raw.decode("utf-8")
    source = Source(raw, filename)
    return ("\ufeff" if source.has_bom else "") + source.text


def _is_text_of(source: str, raw: bytes, filename: str) -> bool:
    """Whether the bytes give the text again: its encoding may lack a character of it."""
    try:
        return _text(raw, filename) == source
    except (SourceError, ValueError):
        return False


def _resolver(settings: Settings | Resolver | None) -> Callable[[Path], Settings]:
    if isinstance(settings, Settings):
        return lambda _: settings
    return (settings or Resolver()).settings_for

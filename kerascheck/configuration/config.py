"""Settings: `[tool.kerascheck]` in pyproject.toml, `.kerascheck.toml`, the user's own file, the command line."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from kerascheck.configuration.selection import Layer, Selection, matches
from kerascheck.errors import ConfigError
from kerascheck.project.target import Era
from kerascheck.reporters.base import OUTPUT_FORMATS
from kerascheck.rules.base import Thresholds
from kerascheck.runtime import safe_path
from kerascheck.runtime.reading import MAX_SETTINGS_BYTES, read_bytes

_FAMILY = re.compile(r"KC\d", re.IGNORECASE)

AUTO = "auto"
#: What the setting `target` may be.
TARGETS = (AUTO, *(era.value for era in Era if era is not Era.UNKNOWN))

#: The largest budget for one file, in seconds.
MAX_BUDGET = 3600

#: Names of folders and files that are never searched, as ruff has them.
DEFAULT_EXCLUDE = (
    *(".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox"),
    *(".pants.d", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode"),
    *("__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "venv"),
)


@dataclass(frozen=True)
class Settings:
    """What holds for one file."""

    selection: Selection = field(default_factory=Selection)
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()  # glob -> selectors
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False  # whether the patterns hold for files that are named, too
    output_format: str = "text"
    fix: bool = False
    unsafe_fixes: bool = False
    fixable: tuple[str, ...] = ("ALL",)  # selectors of the rules whose fixes are offered
    unfixable: tuple[str, ...] = ()  # and of those whose are not
    baseline: str = ""  # the file of the findings that are known, if there is one
    budget: float = 2.0  # the work that a file may cost, in seconds of a slow core
    read_data: bool = True  # whether data beside a program may be read: headers, rows, classes
    target: str = AUTO  # the Keras that the programs are written for: one of `Era`, or the evidence decides
    thresholds: Thresholds = field(default_factory=Thresholds)
    root: str = ""  # the folder that the globs are relative to
    noqa: bool = True  # whether noqa comments count; not where another tool looks after them

    @property
    def checking(self) -> tuple[object, ...]:
        """The part on which the findings of a file depend (and nothing else), for caching them."""
        return (
            *(self.selection, self.per_file_ignores, self.budget, self.thresholds, self.root, self.noqa),
            *(self.read_data, self.target, self.fixable, self.unfixable),
        )

    def offers_fix(self, code: str, name: str) -> bool:
        """Whether the fixes of a rule are offered."""
        return Selection((Layer(self.fixable, self.unfixable),)).includes(code, name)


@dataclass(frozen=True)
class Resolved:
    """Settings, and for each key of the configuration where its value comes from."""

    settings: Settings
    values: Mapping[str, object]
    origins: Mapping[str, str]


@dataclass(frozen=True)
class Overrides:
    """What the command line says; None and empty leave what the files say."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool | None = None
    output_format: str | None = None
    fix: bool | None = None
    unsafe_fixes: bool | None = None
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()
    budget: float | None = None
    read_data: bool | None = None
    baseline: str | None = None  # empty: none
    target: str | None = None


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


def _threshold(default: float) -> Callable[[object], float]:
    def convert(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError("a number")
        if isinstance(default, int) and not isinstance(value, int):
            raise TypeError("a whole number")
        return value

    return convert


_THRESHOLD_KEYS = {item.name.replace("_", "-"): item for item in fields(Thresholds)}

#: Every key of `[tool.kerascheck]`: what converts its value (TypeError names what was expected) and its default.
_KEYS: dict[str, tuple[Callable[[object], Any], object]] = {
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
    **{key: (_threshold(item.default), item.default) for key, item in _THRESHOLD_KEYS.items()},  # type: ignore[arg-type]
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
    near = _near(selector.upper(), known) or _near(selector.lower(), known)
    hint = f"; did you mean {near}?" if near else "; `kerascheck rules` lists them all"
    raise ConfigError(f"there is no rule {selector!r}{hint}")


def _near(word: str, words: Iterable[str]) -> str | None:
    """The one of the words that is spelled most like this one, if any is."""
    return next(iter(difflib.get_close_matches(word, list(words), 1, 0.5)), None)


class Resolver:
    """Finds the settings of each file: the nearest configuration file above it, the command line on top.

    Raises:
        ConfigError: the command line asks for a rule or a format that does not exist.
    """

    def __init__(self, overrides: Overrides = Overrides(), config: Path | None = None, isolated: bool = False) -> None:
        with safe_path.own_imports():
            self._check(overrides)
        self._overrides = overrides
        self._isolated = isolated
        self._by_folder: dict[Path, Resolved] = {}
        self._by_file: dict[Path | None, Resolved] = {}
        self._explicit = config

    @staticmethod
    def _check(overrides: Overrides) -> None:
        """Raises ConfigError for what does not exist."""
        if overrides.output_format is not None and overrides.output_format not in OUTPUT_FORMATS:
            raise ConfigError(
                f"{overrides.output_format!r} is not an output format; expected one of {', '.join(OUTPUT_FORMATS)}"
            )
        if overrides.budget is not None:
            try:
                _budget(overrides.budget)
            except TypeError as expected:
                raise ConfigError(f"the budget must be {expected}, got {overrides.budget!r}") from None
        if overrides.target is not None and overrides.target not in TARGETS:
            raise ConfigError(f"{overrides.target!r} is not a target; expected one of {', '.join(TARGETS)}")
        selections = (overrides.select or (), overrides.ignore, overrides.extend_select)
        for selector in (*selections, overrides.fixable or (), overrides.unfixable):
            for one in selector:
                check_selector(one)
        for pattern in (*(overrides.exclude or ()), *overrides.extend_exclude):
            check_pattern(pattern)

    def resolve(self, path: Path) -> Resolved:
        """The settings for a file or folder, with their origins.

        Raises:
            ConfigError: a configuration file is wrong.
        """
        folder = Path(os.path.abspath(path if path.is_dir() else path.parent))
        found = self._by_folder.get(folder)
        if found is None:
            with safe_path.own_imports():
                found = self._find(folder)
        return found

    def _find(self, folder: Path) -> Resolved:
        file = self._explicit or (None if self._isolated else _nearest(folder) or _of_user())
        if file not in self._by_file:
            self._by_file[file] = _resolve(file, self._overrides)
        found = self._by_folder[folder] = self._by_file[file]
        return found

    def settings_for(self, path: Path) -> Settings:
        """The settings for a file or folder. Raises ConfigError."""
        return self.resolve(path).settings


def _nearest(folder: Path) -> Path | None:
    """The configuration file that holds in a folder."""
    for parent in (folder, *folder.parents):
        own = parent / ".kerascheck.toml"
        if own.is_file():
            return own
        pyproject = parent / "pyproject.toml"
        if pyproject.is_file() and _table(pyproject) is not None:
            return pyproject
    return None


def _of_user() -> Path | None:
    import platformdirs

    path = Path(platformdirs.user_config_dir("kerascheck", appauthor=False)) / "kerascheck.toml"
    return path if path.is_file() else None


def _table(file: Path) -> dict[str, Any] | None:
    """The configuration in a file; None for a pyproject.toml without our section. Raises ConfigError."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        raw = read_bytes(file, MAX_SETTINGS_BYTES)
        if file.name == "pyproject.toml" and b"kerascheck" not in raw:
            return None
        data: dict[str, Any] = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except RecursionError:
        raise ConfigError(f"{file}: nested too deeply to be read") from None
    except ValueError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from None
    if file.name != "pyproject.toml":
        return data
    tool = data.get("tool")
    table = tool.get("kerascheck") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: tool.kerascheck must be a table")
    return table


def _resolve(file: Path | None, overrides: Overrides) -> Resolved:
    given = _convert(file, (_table(file) or {}) if file is not None else {})
    if file is not None and given.get("baseline"):
        given["baseline"] = str(file.parent / given["baseline"])
    values: dict[str, object] = {key: given.get(key, default) for key, (_, default) in _KEYS.items()}
    origins = {key: str(file) if key in given else "default" for key in _KEYS}
    layers = [Layer(given.get("select"), given.get("ignore", ()), given.get("extend-select", ()))]
    command_line = Layer(overrides.select, overrides.ignore, overrides.extend_select)
    if command_line != Layer():
        layers.append(command_line)
    for item in fields(Overrides):
        value = getattr(overrides, item.name)
        if value is None or value == ():
            continue
        key = item.name.replace("_", "-")
        if item.name in ("ignore", "extend_select", "extend_exclude", "unfixable") and key in given:
            values[key] = (*given[key], *value)
            origins[key] += " and command line"
        else:
            values[key], origins[key] = value, "command line"
    thresholds = Thresholds(**{item.name: values[key] for key, item in _THRESHOLD_KEYS.items()})  # type: ignore[arg-type]
    others: dict[str, Any] = {
        key.replace("-", "_"): value
        for key, value in values.items()
        if key not in _THRESHOLD_KEYS and key not in ("select", "ignore", "extend-select")
    }
    root = str(file.parent if file is not None else Path.cwd())
    settings = replace(Settings(), selection=Selection(tuple(layers)), thresholds=thresholds, root=root, **others)
    return Resolved(settings, values, origins)


def _convert(file: Path | None, table: Mapping[str, object]) -> dict[str, Any]:
    """The values of a table under their keys. Raises ConfigError for unknown keys and wrong types."""
    given: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            near = _near(key.replace("_", "-").lower(), _KEYS)
            hint = f"; did you mean {near!r}?" if near else f"; the keys are {', '.join(_KEYS)}"
            raise ConfigError(f"{file}: unknown key {key!r}{hint}")
        try:
            given[key] = _KEYS[key][0](value)
        except TypeError as expected:
            raise ConfigError(f"{file}: {key!r} must be {expected}, got {value!r}") from None
        except ConfigError as error:
            raise ConfigError(f"{file}: in {key!r}: {error}") from None
    return given

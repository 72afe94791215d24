"""Settings: `[tool.kerascheck]` in pyproject.toml, `.kerascheck.toml`, the user's own file, the command line."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascheck.configuration.converting import (
    AUTO,
    DEFAULT_EXCLUDE,
    KEYS,
    OWN_FILES,
    TARGETS,
    THRESHOLD_KEYS,
    check_pattern,
    check_selector,
)
from kerascheck.configuration.selection import Layer, Selection, most_specific
from kerascheck.diagnostics import Severity
from kerascheck.errors import ConfigError
from kerascheck.reporters.base import OUTPUT_FORMATS
from kerascheck.rules.base import Thresholds
from kerascheck.runtime import safe_path
from kerascheck.runtime.reading import MAX_SETTINGS_BYTES, read_bytes
from kerascheck.text.spelling import most_like

if TYPE_CHECKING:
    from kerascheck.rules.base import Rule


@dataclass(frozen=True)
class Settings:
    """What holds for one file."""

    preset: str = "default"
    selection: Selection = field(default_factory=Selection)
    severity: tuple[tuple[str, Severity], ...] = ()  # selector -> how bad its findings are
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
    ignore_noqa: bool = False  # whether no comment silences anything
    # What holds for a run as a whole, wherever it looks:
    fail_on: Severity = Severity.INFO  # the least severity that makes the exit status 1
    statistics: bool = False
    show_unknown: bool = False
    show_fixes: bool = False
    fix_only: bool = False
    exit_zero: bool = False
    exit_non_zero_on_fix: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    jobs: int = 0
    cache: bool = True
    cache_dir: str = ""  # empty: the user's own
    output_file: str = ""  # empty: stdout
    diff_base: str = ""  # empty: all lines count

    @property
    def checking(self) -> tuple[object, ...]:
        """The part on which the findings of a file depend (and nothing else), for caching them."""
        return (
            *(self.selection, self.per_file_ignores, self.budget, self.thresholds, self.root, self.noqa),
            *(self.read_data, self.target, self.fixable, self.unfixable),
            *(self.preset, self.severity, self.ignore_noqa),
        )

    def runs(self, rule: Rule) -> bool:
        """Whether findings of the rule are looked for."""
        if self.preset == "teaching":
            enabled = True
        elif self.preset == "strict":
            enabled = not rule.teaching
        else:
            enabled = rule.enabled
        return self.selection.includes(rule.code, rule.name, enabled)

    def severity_of(self, code: str, name: str, severity: Severity) -> Severity:
        """How bad a finding is, whose rule says that it is of this severity."""
        selector = most_specific((selector for selector, _ in self.severity), code, name)
        return dict(self.severity)[selector] if selector is not None else severity

    def shows(self, code: str, name: str, severity: Severity) -> bool:
        """Whether a finding of this severity is reported: in the preset `errors`, others only where asked for."""
        return (
            self.preset != "errors" or severity is Severity.ERROR or self.selection.includes(code, name, enabled=False)
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
    respect_gitignore: bool | None = None
    output_format: str | None = None
    fix: bool | None = None
    unsafe_fixes: bool | None = None
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()
    budget: float | None = None
    read_data: bool | None = None
    baseline: str | None = None  # empty: none
    target: str | None = None
    preset: str | None = None
    fail_on: str | None = None
    statistics: bool | None = None
    show_unknown: bool | None = None
    show_fixes: bool | None = None
    fix_only: bool | None = None
    exit_zero: bool | None = None
    exit_non_zero_on_fix: bool | None = None
    ignore_noqa: bool | None = None
    quiet: bool | None = None
    verbose: bool | None = None
    color: str | None = None
    jobs: int | None = None
    cache: bool | None = None
    cache_dir: str | None = None
    output_file: str | None = None
    diff_base: str | None = None
    inline: tuple[str, ...] = ()  # `key = value`, as in a configuration file


#: Keys whose values are paths, relative to the file in which they stand.
_PATHS = ("baseline", "cache-dir", "output-file")
#: The key that names a file whose settings hold unless this one says otherwise.
_EXTEND = "extend"


class Resolver:
    """Finds the settings of each file: the nearest configuration file above it, the command line on top.

    Raises:
        ConfigError: the command line asks for a rule or a format that does not exist.
    """

    def __init__(self, overrides: Overrides = Overrides(), config: Path | None = None, isolated: bool = False) -> None:
        with safe_path.own_imports():
            self._check(overrides)
            self._inline = _inline(overrides.inline)
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
        if overrides.target is not None and overrides.target not in TARGETS:
            raise ConfigError(f"{overrides.target!r} is not a target; expected one of {', '.join(TARGETS)}")
        if overrides.select == ():
            raise ConfigError("the selection is empty: nothing would be reported")
        for name in ("budget", "preset", "fail_on", "color", "jobs"):
            value = getattr(overrides, name)
            if value is not None:
                key = name.replace("_", "-")
                try:
                    KEYS[key][0](value)
                except TypeError as expected:
                    raise ConfigError(f"--{key} must be {expected}, got {value!r}") from None
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
            self._by_file[file] = _resolve(file, self._overrides, self._inline)
        found = self._by_folder[folder] = self._by_file[file]
        return found

    def settings_for(self, path: Path) -> Settings:
        """The settings for a file or folder. Raises ConfigError."""
        return self.resolve(path).settings


def _nearest(folder: Path) -> Path | None:
    """The configuration file that holds in a folder."""
    for parent in (folder, *folder.parents):
        for own in (parent / name for name in OWN_FILES):
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
    found = _read(file)
    return found[0] if found is not None else None


def _read(file: Path) -> tuple[dict[str, Any], str] | None:
    """The same, with the text in which it stands."""
    try:
        raw = read_bytes(file, MAX_SETTINGS_BYTES)
        if file.name == "pyproject.toml" and b"kerascheck" not in raw:
            return None
        text = raw.decode("utf-8")
        data = _toml_of(text)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except RecursionError:
        raise ConfigError(f"{file}: nested too deeply to be read") from None
    except ValueError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from None
    if file.name != "pyproject.toml":
        return data, text
    tool = data.get("tool")
    table = tool.get("kerascheck") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: tool.kerascheck must be a table")
    return (table, text) if table is not None else None


def _toml_of(text: str) -> dict[str, Any]:
    """Raises ValueError for what is no TOML."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    data: dict[str, Any] = tomllib.loads(text)
    return data


@dataclass(frozen=True)
class _Given:
    """What one place says: the values of keys, and how it is called."""

    origin: str
    values: Mapping[str, Any]


def _inline(settings: Iterable[str]) -> _Given:
    """Settings of the command line, `key = value`: the value as in TOML, or a text. Raises ConfigError."""
    values: dict[str, Any] = {}
    for setting in settings:
        key, _, value = setting.partition("=")
        try:
            table = _toml_of(setting)
        except ValueError:
            try:
                table = _toml_of(f"{key}='{value.strip()}'")
            except ValueError:
                raise ConfigError(f"--config takes a file, or key=value as in TOML, not {setting!r}") from None
        except RecursionError:
            raise ConfigError("--config: nested too deeply to be read") from None
        for name, converted in _convert("--config", table).items():
            merged = (*values.get(name, ()), *converted) if name in TABLES else converted
            values[name] = merged
    return _Given("command line", values)


#: Keys whose values are tables: those of several places are joined.
TABLES = ("severity", "per-file-ignores")


def _layers(file: Path, seen: tuple[Path, ...] = ()) -> list[_Given]:
    """What a file says, after what the file says that it extends. Raises ConfigError."""
    file_of = Path(os.path.abspath(file))
    if file_of in seen:
        raise ConfigError(f"{file}: it extends itself")
    table, text = _read(file) or ({}, "")
    table = dict(table)
    below: list[_Given] = []
    if _EXTEND in table:
        extended = table.pop(_EXTEND)
        where = _where(file, text, _EXTEND)
        if not isinstance(extended, str):
            raise ConfigError(f"{where}: 'extend' must be the path of a file, got {extended!r}")
        base = file.parent / os.path.expanduser(extended)
        if base.is_dir():
            base /= "pyproject.toml"
        if not base.is_file():
            raise ConfigError(f"{where}: there is no file {extended!r} to extend")
        below = _layers(Path(os.path.normpath(base)), (*seen, file_of))
    given = _convert(file, table, text)
    for key in _PATHS:
        if given.get(key):
            given[key] = str(file.parent / os.path.expanduser(given[key]))
    return [*below, _Given(str(file), given)]


def _resolve(file: Path | None, overrides: Overrides, inline: _Given) -> Resolved:
    places = [*(_layers(file) if file is not None else ()), *([inline] if inline.values else ())]
    values: dict[str, object] = {key: default for key, (_, default) in KEYS.items()}
    origins = dict.fromkeys(KEYS, "default")
    layers: list[Layer] = []
    for place in places:
        given = place.values
        layers.append(Layer(given.get("select"), given.get("ignore", ()), given.get("extend-select", ())))
        for key, value in given.items():
            if key in TABLES and origins[key] != "default":
                values[key] = tuple({**dict(values[key]), **dict(value)}.items())  # type: ignore[call-overload]
                origins[key] += f" and {place.origin}"
            else:
                values[key], origins[key] = value, place.origin
    command_line = Layer(overrides.select, overrides.ignore, overrides.extend_select)
    if command_line != Layer():
        layers.append(command_line)
    for item in fields(Overrides):
        value = getattr(overrides, item.name)
        if value is None or value == () or item.name == "inline":
            continue
        key = item.name.replace("_", "-")
        if item.name in ("ignore", "extend_select", "extend_exclude", "unfixable") and origins[key] != "default":
            values[key] = (*values[key], *value)  # type: ignore[misc]
            origins[key] += " and command line"
        else:
            values[key], origins[key] = value, "command line"
    values["fail-on"] = Severity(values["fail-on"])
    thresholds = Thresholds(**{item.name: values[key] for key, item in THRESHOLD_KEYS.items()})  # type: ignore[arg-type]
    others: dict[str, Any] = {
        key.replace("-", "_"): value
        for key, value in values.items()
        if key not in THRESHOLD_KEYS and key not in ("select", "ignore", "extend-select")
    }
    root = str(file.parent if file is not None else Path.cwd())
    settings = replace(Settings(), selection=Selection(tuple(layers)), thresholds=thresholds, root=root, **others)
    if any(layer.select is not None or _EVERYTHING.intersection(map(str.upper, layer.ignore)) for layer in layers):
        _refuse_nothing(settings, file if overrides.select is None else None)
    return Resolved(settings, values, origins)


#: Selectors that cover every rule.
_EVERYTHING = frozenset({"ALL", "KC"})


def _refuse_nothing(settings: Settings, file: Path | None) -> None:
    """Raises ConfigError where no rule is left: a run would say that nothing is wrong, whatever is."""
    from kerascheck.rules.registry import all_rules

    if not any(settings.runs(rule) for rule in all_rules()):
        where = f"{file}: " if file is not None else ""
        raise ConfigError(
            f"{where}no rule is left: what is selected does not exist, or is ignored; to leave files out, use "
            "'exclude' or 'per-file-ignores'"
        )


def _convert(file: Path | str, table: Mapping[str, object], text: str = "") -> dict[str, Any]:
    """The values of a table under their keys. Raises ConfigError for unknown keys and wrong values."""
    given: dict[str, Any] = {}
    for key, value in table.items():
        where = _where(file, text, key)
        if key not in KEYS:
            near = most_like(key.replace("_", "-").lower(), KEYS)
            hint = f"; did you mean {near!r}?" if near else f"; the keys are {', '.join(KEYS)}"
            raise ConfigError(f"{where}: unknown key {key!r}{hint}")
        try:
            given[key] = KEYS[key][0](value)
        except TypeError as expected:
            raise ConfigError(f"{where}: {key!r} must be {expected}, got {value!r}") from None
        except ConfigError as error:
            raise ConfigError(f"{where}: in {key!r}: {error}") from None
        if key == "select" and not given[key]:
            raise ConfigError(f"{where}: 'select' is empty: nothing would be reported")
    return given


_HEADING = re.compile(r"""\s*\[\s*([^\[\]]+?)\s*\]""")


def _where(file: Path | str, text: str, key: str) -> str:
    """The file and the row in which a key of ours stands, as far as that can be told."""
    own = "tool.kerascheck" if os.path.basename(file) == "pyproject.toml" else ""
    assigned = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""")
    section = ""
    for number, row in enumerate(text.splitlines(), 1):
        heading = _HEADING.match(row)
        if heading is not None and "=" not in row.partition("[")[0]:
            section = heading.group(1).replace('"', "").replace("'", "").replace(" ", "")
            if section == (f"{own}.{key}" if own else key):
                return f"{file}:{number}"
        elif section == own and assigned.match(row):
            return f"{file}:{number}"
    return str(file)

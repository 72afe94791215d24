"""What files say about the versions of packages that a project runs with.

Read are requirements, setup and lock files, environments and Dockerfiles; nothing in them is executed, and what is
written in another way than is usual says nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from kerascheck.project.target.eras import Era, Evidence

#: A requirement: the package, and the specifiers of its version ("" where there are none).
Requirement = tuple[str, str, int]

#: What the series of a package are, and the first that brings Keras 3 or needs it.
_TENSORFLOW = ([(1, n) for n in range(16)] + [(2, n) for n in range(40)], (2, 16))
_KERAS = ([(0, 3)] + [(1, n) for n in range(3)] + [(2, n) for n in range(16)] + [(3, n) for n in range(40)], (3, 0))
_PYTHON = ([(2, 7)] + [(3, n) for n in range(3, 20)], (3, 9))
_NEVER = (9, 0)
_SERIES = {
    "tensorflow": _TENSORFLOW,
    "tensorflow-cpu": _TENSORFLOW,
    "intel-tensorflow": _TENSORFLOW,
    "tensorflow-intel": _TENSORFLOW,
    "tensorflow-macos": _TENSORFLOW,
    "tensorflow-gpu": ([series for series in _TENSORFLOW[0] if series < (2, 12)], _NEVER),  # there are no later ones
    "tensorflow-addons": ([(0, n) for n in range(5, 24)], _NEVER),
    "keras": _KERAS,
    "python": _PYTHON,
}

_NAME = r"(?P<name>tensorflow(?:[-_](?:gpu|cpu|macos|intel|addons))?|intel[-_]tensorflow|keras|python)"
_SPECIFIERS = r"(?P<specifiers>(?:\s*,?\s*(?:===?|~=|!=|<=?|>=?|=|\^|~)\s*[\w.*+-]+)*)"
_REQUIREMENT = re.compile(rf"{_NAME}(?:\[[\w, -]*\])?\s*\(?{_SPECIFIERS}\)?", re.IGNORECASE)
_INSTALL = re.compile(
    r"(?:^|[\s&;!%|\"'\[])(?:pip[23]?|conda|mamba|uv\s+pip|poetry|pipenv|uv)(?:\s+|[\"',\s]+)(?:install|add)\b(?P<rest>[^&;|]*)"
)
_COLAB = re.compile(r"^\s*%tensorflow_version\s+1\.x")
_IMAGE = re.compile(r"^\s*FROM\s+(?:\S+/)?(?P<image>tensorflow|python):(?P<version>\d+\.\d+)", re.IGNORECASE)


def judged(requirements: list[Requirement], filename: str | None) -> Evidence | None:
    """The Keras that all of these requirements together leave room for; None where they leave it open."""
    found: dict[bool, Evidence] = {}
    for name, specifiers, row in requirements:
        era = _era(name, specifiers)
        if era is not None:
            found.setdefault(era.is_old, Evidence(era, f"{name}{specifiers}", filename, row))
            if era is Era.KERAS_1:
                found[True] = Evidence(era, f"{name}{specifiers}", filename, row)
    if len(found) != 1:
        return None  # nothing, or both
    (evidence,) = found.values()
    if not evidence.era.is_old and any(name in ("tf-keras", "tf_keras") for name, _, _ in requirements):
        return None
    return evidence


def _era(name: str, specifiers: str) -> Era | None:
    """The only Keras that a package of these versions goes with; None where there are several."""
    series, first_new = _SERIES.get(name, ([], _NEVER))
    # In `1.15=gpu_py37` the second part is a build of conda's.
    found = [(how, text) for how, text in _SPECIFIER.findall(specifiers) if how != "=" or _version(text)]
    tests = [_test(how, text) for how, text in found]
    if not series or None in tests:
        return None
    patches = {*range(10), *(v[2] for _, text in found if (v := _version(text))[2:])}
    admitted = [
        one
        for one in series
        if any(all(test((*one, patch)) for test in tests if test is not None) for patch in patches)
    ]
    if not admitted or (not specifiers and first_new != _NEVER):
        return None
    if admitted[0] >= first_new:
        return Era.KERAS_3 if name != "python" else None
    if admitted[-1] >= first_new:
        return None
    if name == "keras":
        return Era.KERAS_1 if admitted[-1] < (2, 0) else Era.KERAS_2
    return Era.TF_KERAS if name.startswith(("tensorflow", "intel")) else Era.KERAS_2


_SPECIFIER = re.compile(r"(===?|~=|!=|<=?|>=?|=|\^|~)\s*([\w.*+-]+)")


def _version(text: str) -> tuple[int, ...]:
    """The numbers of a version: `2.3.0rc1` gives (2, 3, 0), `2.*` gives (2,)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match.group(1).split(".")[:3]) if match is not None else ()


def _test(operator: str, text: str) -> Callable[[tuple[int, ...]], bool] | None:
    """Whether a version meets a specifier; None for one that cannot be read."""
    wanted = _version(text)
    if not wanted:
        return (lambda version: True) if text == "*" else None
    full = (*wanted, 0, 0)[:3]
    series = wanted if "*" in text or operator == "=" else full  # conda's single = means a series
    upper = {"~=": wanted[:-1], "^": wanted[:1], "~": wanted[:2]}.get(operator, ())
    if operator in ("==", "===", "="):
        return lambda version: version[: len(series)] == series
    if operator == "!=":
        return lambda version: version[: len(series)] != series
    if operator == "<":
        return lambda version: version < full
    if operator == "<=":
        return lambda version: version <= full
    if operator == ">":
        return lambda version: version > full
    if operator == ">=":
        return lambda version: version >= full
    return lambda version: version >= full and version[: len(upper)] == upper


def _requirements(text: str, row: int, whole: bool = False) -> Iterator[Requirement]:
    """The requirements in a line of a file or of a command; `whole`: only if it is nothing else."""
    for match in _REQUIREMENT.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if (
            (before and (before[-1].isalnum() or before[-1] in "-_./="))
            or after[:1].isalnum()
            or after[:1] in ("-", "_", ".")
        ):
            continue
        if whole and (before.strip(" \t-\"'[,(") or "python" in after):
            continue  # a part of something else, or for some versions of Python alone
        yield match.group("name").lower().replace("_", "-"), re.sub(r"\s", "", match.group("specifiers")), row


def of_lines(text: str) -> Iterator[Requirement]:
    """requirements.txt, environment.yml: one requirement a line."""
    for row, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if line.lstrip("- \"'").lower().replace("_", "-").startswith("tf-keras"):
            yield "tf-keras", "", row
        yield from _requirements(line, row, whole=True)


_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")


def of_setup(text: str) -> Iterator[Requirement]:
    """setup.py: the strings that are requirements."""
    from kerascheck.text.lexing import without_comments

    for row, line in enumerate(without_comments(text).splitlines(), 1):
        for match in _QUOTED.finditer(line):
            yield from of_strings([match.group(1) or match.group(2) or ""], row)
        if (python := re.search(r"python_requires\s*=\s*[\"']([^\"']*)", line)) is not None:
            yield "python", re.sub(r"\s", "", python.group(1)), row


def of_strings(values: list[Any], row: int = 1) -> Iterator[Requirement]:
    """Requirements as PEP 508 writes them, each in a string."""
    for value in values:
        if isinstance(value, str) and "python_" not in value:
            text = value.split(";")[0].strip()
            if (match := _REQUIREMENT.fullmatch(text)) and match.group("name").lower() != "python":
                yield from _requirements(text, row)
            elif re.fullmatch(r"tf[-_]keras\b.*", text, re.IGNORECASE):
                yield "tf-keras", "", row


def of_cfg(text: str) -> Iterator[Requirement]:
    """setup.cfg: the lines of options."""
    for row, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if (python := re.match(r"python_requires\s*=\s*(.+)", line)) is not None:
            yield "python", re.sub(r"\s", "", python.group(1)), row
        else:
            yield from of_strings([re.sub(r"^install_requires\s*=", "", line)], row)


def of_toml(text: str) -> Iterator[Requirement]:
    """pyproject.toml, Pipfile, and the lock files of Poetry and uv."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    project = _table(data, "project")
    yield from of_strings(_list(project.get("dependencies")))
    if isinstance(python := project.get("requires-python"), str):
        yield "python", re.sub(r"\s", "", python), 1
    for extra in _table(project, "optional-dependencies").values():
        yield from of_strings(_list(extra))
    poetry = _table(data, "tool", "poetry")
    groups = [_table(group, "dependencies") for group in _table(poetry, "group").values() if isinstance(group, dict)]
    for table in (_table(poetry, "dependencies"), *groups, _table(data, "packages"), _table(data, "dev-packages")):
        for name, value in table.items():
            version = value.get("version", "") if isinstance(value, dict) and "markers" not in value else value
            if isinstance(version, str) and (name := name.lower().replace("_", "-")) in (*_SERIES, "tf-keras"):
                yield name, _operated(version), 1
    if isinstance(python := _table(data, "requires").get("python_version"), str):
        yield "python", f"=={python}.*", 1
    for package in _list(data.get("package")):
        if isinstance(package, dict) and package.get("name") in _SERIES and isinstance(package.get("version"), str):
            yield package["name"], f"=={package['version']}", 1


def _operated(version: str) -> str:
    """A version as Poetry reads it: a bare one is exact."""
    version = re.sub(r"\s", "", version)
    return f"=={version}" if version[:1].isdigit() else "" if version == "*" else version


def _table(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        value = data.get(key)
        data = value if isinstance(value, dict) else {}
    return data


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def of_json_lock(text: str) -> Iterator[Requirement]:
    """Pipfile.lock."""
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for name, entry in _table(data, "default").items() if isinstance(data, dict) else ():
        if name in _SERIES and isinstance(entry, dict) and isinstance(entry.get("version"), str):
            yield name, entry["version"], 1


def of_commands(text: str) -> Iterator[Requirement]:
    """A Dockerfile: what is installed, and what an image holds."""
    joined = text.replace("\\\n", "  ")
    for row, line in enumerate(joined.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        if _COLAB.match(line):
            yield "tensorflow", "==1.15.2", row
        if (image := _IMAGE.match(line)) is not None:
            yield image.group("image").lower(), f"=={image.group('version')}.*", row
        for match in _INSTALL.finditer(line):
            rest = match.group("rest")
            if re.search(r"(?<![\w.-])tf[-_]keras\b", rest):
                yield "tf-keras", "", row
            yield from _requirements(rest, row)


_SHELL = re.compile(r"\s*(?:[!%]|(?:pip|conda|mamba|uv)\s)")


def of_cell(text: str) -> Iterator[Requirement]:
    """A cell of a notebook: the lines that are commands, not Python."""
    if not text.lstrip().startswith("%%"):
        text = "\n".join(line if _SHELL.match(line) else "" for line in text.splitlines())
    yield from of_commands(text)


#: How to read a file of this name; the first of the two is asked first, since it is what was really installed.
LOCKS: dict[str, Callable[[str], Iterator[Requirement]]] = {
    "poetry.lock": of_toml,
    "uv.lock": of_toml,
    "Pipfile.lock": of_json_lock,
}
FILES: dict[str, Callable[[str], Iterator[Requirement]]] = {
    "pyproject.toml": of_toml,
    "Pipfile": of_toml,
    "setup.py": of_setup,
    "setup.cfg": of_cfg,
    "environment.yml": of_lines,
    "environment.yaml": of_lines,
    "conda.yml": of_lines,
    "conda.yaml": of_lines,
    "Dockerfile": of_commands,
}
_REQUIREMENTS_FILE = re.compile(r"(?:requirements|constraints)[\w.-]*\.(?:txt|in)|[\w.-]*requirements\.(?:txt|in)")


def reader_of(name: str) -> Callable[[str], Iterator[Requirement]] | None:
    """How a file of this name is read; None for one that says nothing about versions."""
    if name in FILES:
        return FILES[name]
    if name in LOCKS:
        return LOCKS[name]
    return of_lines if _REQUIREMENTS_FILE.fullmatch(name) else None

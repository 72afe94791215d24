"""Settings, texts and folders beside the program: `open`, `json.load`, `yaml.safe_load`, `os.listdir`."""

from __future__ import annotations

import configparser
import fnmatch
import json
import posixpath
from typing import Any

from kerascheck.machine.files import folder, read_text
from kerascheck.machine.keras.parcels import open_file, write, written
from kerascheck.machine.methods import METHODS
from kerascheck.machine.modules.literals import from_python
from kerascheck.machine.modules.paths import PathValue, path_text
from kerascheck.machine.run import Run
from kerascheck.machine.values import FILE, NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

#: Longer texts are not kept.
_MAX_TEXT = 100_000
#: Longer files hold no settings.
_MAX_SETTINGS = 200_000
_MAX_NODES = 10_000
_CONFIG = "configparser.ConfigParser"


def _content(run: Run, source: Value, limit: int) -> str | None:
    """The text behind an open file or a path; None where it is not known."""
    if isinstance(source, NativeObject) and source.kind == FILE:
        if source.parts["mode"] not in ("r", "rt", "rb") or source.parts.get("begun"):
            return None
        source.parts["begun"] = True
        source = source.parts["path"]
    return read_text(run, source, limit)


def _small(value: Any) -> bool:
    """Whether a structure is small: one that refers to itself, or to parts of it many times over, is not."""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        count += 1
        if count > _MAX_NODES:
            return False
        waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, (list, tuple, set)) else ())
    return True


def _made(run: Run, value: Any, site: Site) -> Value:
    return from_python(run, value) if _small(value) else run.fresh("a large structure", site.node)


# -- open files -------------------------------------------------------------------------------------------------------


def _read(run: Run, file: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`file.read()`."""
    binary = file.parts["mode"] == "rb"
    own = None if binary or arguments.positional or file.parts.get("begun") else written(run, file, "text")
    if own is not None:
        file.parts["begun"] = True
        return own
    text = None if arguments.positional else _content(run, file, _MAX_TEXT)
    if text is None or binary:
        return run.fresh("the content of a file", site.node)
    return text


def _read_lines(run: Run, file: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`file.readlines()`."""
    text = None if arguments.positional or file.parts["mode"] == "rb" else _content(run, file, _MAX_TEXT)
    return run.fresh("the lines of a file", site.node) if text is None else run.new_list(text.splitlines(keepends=True))


def _write(run: Run, file: NativeObject, arguments: Arguments, site: Site) -> Value:
    write(run, file, arguments.positional[0].value if len(arguments.positional) == 1 else None, "text")
    return run.fresh("how much is written", site.node)


def _nothing(run: Run, receiver: Value, arguments: Arguments, site: Site) -> Value:
    return None


def _begun(run: Run, file: NativeObject, arguments: Arguments, site: Site) -> Value:
    file.parts["begun"] = True
    return run.fresh("a part of a file", site.node)


METHODS[FILE] = {
    "read": _read,
    "readlines": _read_lines,
    **dict.fromkeys(("readline", "seek", "tell", "__iter__", "__next__"), _begun),
    **dict.fromkeys(("write", "writelines"), _write),
    **dict.fromkeys(("close", "flush"), _nothing),
}


def _path_text(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    """`path.read_text()`."""
    text = read_text(run, path, _MAX_TEXT)
    return run.fresh("the content of a file", site.node) if text is None else text


# -- settings ---------------------------------------------------------------------------------------------------------


def _json(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`json.load(file)`."""
    own = written(run, arguments.value("fp", 0), "json")
    if own is not None:
        return own
    text = None if arguments.keywords else _content(run, arguments.value("fp", 0), _MAX_SETTINGS)
    if text is not None:
        try:
            return _made(run, json.loads(text), site)
        except (ValueError, RecursionError):
            pass
    return run.fresh("JSON of something unknown", site.node)


def _json_dump(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`json.dump(model.to_json(), file)`."""
    write(run, arguments.value("fp", 1), arguments.value("obj", 0), "json")
    return None


def _yaml(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`yaml.safe_load(file)`, or of a text."""
    source = arguments.positional[0].value if arguments.positional else arguments.value("stream")
    text = source if isinstance(source, str) else _content(run, source, _MAX_SETTINGS)
    found = _NONE if text is None or len(text) > _MAX_SETTINGS else parse_yaml(text)
    return run.fresh("YAML of something unknown", site.node) if found is _NONE else _made(run, found, site)


class _Nothing:
    pass


_NONE = _Nothing()


def parse_yaml(text: str) -> Any:
    """What `yaml.safe_load` makes of a text; `_NONE` where that is not known."""
    try:
        import yaml
    except ImportError:
        return _NONE
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        return _NONE


def _omega(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`OmegaConf.load("config.yaml")`, `OmegaConf.create({...})`: a dictionary whose entries are attributes as well."""
    from kerascheck.machine.modules.dictionaries import as_attributes

    source = arguments.positional[0].value if arguments.positional else None
    if name.endswith(".load") or isinstance(source, str):
        text = (
            source if isinstance(source, str) and not name.endswith(".load") else _content(run, source, _MAX_SETTINGS)
        )
        found = _NONE if text is None else parse_yaml(text)
        if found is _NONE or not isinstance(found, dict) or (text is not None and "${" in text):
            return run.fresh("a configuration that is not known", site.node)
        source = _made(run, found, site)
    return as_attributes(run, "DictConfig", source, site)


def _parser(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`configparser.ConfigParser()`."""
    return NativeObject(_CONFIG, run.tick(), {"sections": run.new_dict(), "plain": not arguments.keywords})


def _parse(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
    """`parser.read("config.ini")`."""
    sections = parser.parts["sections"]
    source = arguments.value("filenames", 0)
    text = read_text(run, source, _MAX_SETTINGS) if parser.parts["plain"] else None
    real = configparser.ConfigParser()
    try:
        if text is None:
            raise ValueError
        real.read_string(text)
        found = {section: dict(real.items(section)) for section in real.sections()}
    except (configparser.Error, ValueError):
        sections.blur("a file that is not read")
        return run.fresh("the files that were read", site.node)
    if run.may_change(sections):
        sections.merge(from_python(run, found))
    return run.new_list([source])


def _option(run: Run, parser: NativeObject, arguments: Arguments) -> Value:
    sections = parser.parts["sections"]
    section = sections.items.get(arguments.value("section", 0))
    key = arguments.value("option", 1)
    held = section.items.get(key.lower()) if section is not None and isinstance(key, str) else None
    return held if isinstance(held, str) and not arguments.keywords else None


def _getter(convert: Any) -> Any:
    def method(run: Run, parser: NativeObject, arguments: Arguments, site: Site) -> Value:
        held = _option(run, parser, arguments)
        try:
            if held is not None:
                return convert(held)
        except (ValueError, KeyError):
            pass
        return run.fresh("a setting that is not known", site.node)

    return method


def section_of(parser: NativeObject, index: Value) -> Value | None:
    """`parser["net"]`; None where it is not known."""
    return parser.parts["sections"].items.get(index) if isinstance(index, str) else None


METHODS[_CONFIG] = {
    "read": _parse,
    "get": _getter(str),
    "getint": _getter(int),
    "getfloat": _getter(float),
    "getboolean": _getter(lambda text: configparser.ConfigParser.BOOLEAN_STATES[text.lower()]),
}


# -- folders ----------------------------------------------------------------------------------------------------------


def _names(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.listdir(path)`: the names, in an order that is not known."""
    found = folder(run, arguments.value("path", 0, "."))
    visible = found is not None and any(not name.startswith(".") for name in found)
    # An empty folder is one whose data are not here.
    return run.new_list(list(found), "set") if found and visible else run.fresh("what is in a folder", site.node)


def matching(run: Run, pattern: str) -> list[str] | None:
    """The paths that a pattern of `glob` matches, in order; None where that is not known."""
    if "**" in pattern or pattern.startswith("/"):
        return None
    found = [""]
    parts = pattern.split("/")
    for place, part in enumerate(parts):
        following: list[str] = []
        for start in found:
            if not any(letter in part for letter in "*?["):
                following.append(posixpath.join(start, part))
                continue
            names = folder(run, start or ".")
            if names is None:
                return None
            last = place == len(parts) - 1
            following += [
                posixpath.join(start, name)
                for name, is_folder in names.items()
                if (last or is_folder) and fnmatch.fnmatchcase(name, part) and not name.startswith(".")
            ]
        found = following
    return found if any(letter in parts[-1] for letter in "*?[") else None


def _glob(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`glob.glob("images/*/*.png")`: the paths, in an order that is not known."""
    pattern = path_text(arguments.value("pathname", 0))
    plain = isinstance(pattern, str) and not arguments.keywords
    found = matching(run, pattern) if plain and isinstance(pattern, str) else None
    if not found:
        # Where nothing matches, the data are not here: the program is made to find some.
        return run.asked("what matches a pattern", name, pattern if plain else None, site.node)
    return run.new_list(found, "set")


def _inside(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    """`path.iterdir()`, `path.glob("*.png")`."""
    pattern = arguments.value("pattern", 0, "*")
    names = folder(run, path)
    if names is None or not isinstance(pattern, str) or "/" in pattern or "**" in pattern:
        return run.fresh("what is in a folder", site.node)
    kept = [name for name in names if fnmatch.fnmatchcase(name, pattern)]
    if not kept:  # the data are not here
        return run.fresh("what is in a folder", site.node)
    if not isinstance(path.text, str):
        return Unknown("paths in a folder", ("in a folder", path.text.key, pattern))
    return run.new_list([PathValue(posixpath.join(path.text, name), run.tick()) for name in kept], "set")


#: Methods of `pathlib.Path` that look at what is there.
OF_PATHS = {"read_text": _path_text, "iterdir": _inside, "glob": _inside}

FUNCTIONS = {
    "builtins.open": open_file,
    "json.load": _json,
    "json.dump": _json_dump,
    **{f"yaml.{name}": _yaml for name in ("safe_load", "load", "full_load")},
    **{f"{package}OmegaConf.{name}": _omega for package in ("omegaconf.", "") for name in ("load", "create")},
    "configparser.ConfigParser": _parser,
    "configparser.RawConfigParser": _parser,
    "os.listdir": _names,
    "glob.glob": _glob,
}

"""`os.path` and `pathlib`: paths are compared by their text; parts that are not known keep their identity.

A path of unknown parts is an Unknown whose key says how it is made up (`("path", first, "model.h5")`), so that two
paths that are put together alike are the same path.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable

from kerascheck.machine.methods import METHODS
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import as_unknown
from kerascheck.machine.text_methods import Method
from kerascheck.machine.values import NativeObject, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

PATH = "pathlib.Path"
#: Longer texts are no paths.
_MAX_TEXT = 4_096


class PathValue(NativeObject):
    """A `pathlib.Path`: its text, or an Unknown."""

    __slots__ = ()

    def __init__(self, text: Value, birth: int = 0) -> None:
        super().__init__(PATH, birth, {"text": text})

    @property
    def text(self) -> Value:
        """The path as it is written."""
        return self.parts["text"]


def path_text(value: Value) -> Value:
    """The text of a path, from a text or a `Path`; Unknown where it is not known, None for what is no path."""
    if isinstance(value, PathValue):
        return value.text
    value = as_unknown(value)
    return value if isinstance(value, (str, Unknown)) else None


def path_key(value: Value) -> Hashable:
    """What says whether two values are the same path: a plain text for a known one; None for what is no path."""
    text = path_text(value)
    if isinstance(text, str):
        return posixpath.normpath(text) if text else None
    return ("path", text.key) if isinstance(text, Unknown) else None


def _made(parts: tuple[Hashable, ...]) -> Unknown:
    return Unknown("a path that is not known", ("path", *parts))


def _key_of(text: Value) -> Hashable:
    return text.key if isinstance(text, Unknown) else text


def join(first: Value, *others: Value) -> Value:
    """`os.path.join(first, ...)` of texts; None where one of them is no path."""
    texts = [path_text(value) for value in (first, *others)]
    if any(text is None for text in texts):
        return None
    # A rooted part drops what stands before it.
    rooted = [index for index, text in enumerate(texts) if isinstance(text, str) and text.startswith("/")]
    texts = texts[rooted[-1] :] if rooted else texts
    merged: list[Value] = []
    for text in texts:
        if merged and isinstance(text, str) and isinstance(merged[-1], str):
            merged[-1] = posixpath.join(merged[-1], text)
        else:
            merged.append(text)
    if len(merged) == 1:
        return merged[0] if not isinstance(merged[0], str) or len(merged[0]) <= _MAX_TEXT else None
    return _made(("join", *map(_key_of, merged)))


def apply(name: str, function: Callable[[str], Value], value: Value) -> Value:
    """A pure function of the text of a path; keeps identity where the text is not known."""
    text = path_text(value)
    if isinstance(text, str):
        return function(text)
    return _made((name, text.key)) if isinstance(text, Unknown) else None


def tail(value: Value) -> str | None:
    """How a path surely ends, as far as that is known; all of it where it is known, and its name behind a slash."""
    text = path_text(value)
    return _tail_of(text.key if isinstance(text, Unknown) else text)


def _tail_of(key: Hashable) -> str | None:
    if isinstance(key, str):
        return key
    if not isinstance(key, tuple) or len(key) < 2:
        return None
    last = key[-1]
    if key[:2] == ("path", "join"):
        return f"/{last}" if isinstance(last, str) else _tail_of(last)
    if key[0] == "path" and len(key) == 3 and key[1] in ("abspath", "expanduser"):
        return _tail_of(last)
    if key[0] == "f-string":
        return last if isinstance(last, str) and last else None
    if key[0] == "+" and len(key) == 3:
        constant = last[2] if isinstance(last, tuple) and last[:2] == ("constant", "str") else last
        return _tail_of(constant)
    return None


def ends_with(value: Value, endings: tuple[str, ...]) -> bool | None:
    """Whether a path ends so; None where that is not known."""
    known = tail(value)
    if known is None:
        return None
    if known.endswith(endings):
        return True
    is_whole = isinstance(path_text(value), str) or "/" in known
    return None if not is_whole and any(ending.endswith(known) for ending in endings) else False


# -- os.path --------------------------------------------------------------------------------------------------------


def _joined(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.path.join(folder, "model.h5")`."""
    values = [given.value for given in arguments.positional]
    made = join(*values) if values and not arguments.open_positional else None
    return run.fresh("a path that is not known", site.node) if made is None else made


def _pure(short: str, function: Callable[[str], Value]) -> Callable[[Run, str, Arguments, Site], Value]:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        made = apply(short, function, arguments.positional[0].value) if arguments.positional else None
        return run.fresh(f"the result of {name}", site.node) if made is None else made

    return call


def _pair(function: Callable[[str], tuple[str, str]], short: str) -> Callable[[Run, str, Arguments, Site], Value]:
    """`os.path.split`, `os.path.splitext`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        text = path_text(arguments.positional[0].value) if arguments.positional else None
        if isinstance(text, str):
            return function(text)
        if isinstance(text, Unknown):
            return (_made((f"{short} 0", text.key)), _made((f"{short} 1", text.key)))
        return run.fresh(f"the result of {name}", site.node)

    return call


def _asked(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.path.exists(path)` and its like: not known, and perhaps another the next time, but for what is saved here."""
    return _found(run, name.rpartition(".")[2], arguments.positional[0].value if arguments.positional else None, site)


def _found(run: Run, what: str, path: Value, site: Site) -> Value:
    from kerascheck.machine.keras.saving import is_saved

    if what in ("exists", "isfile", "lexists") and is_saved(run, path):
        return True
    return run.asked("what is on the disk", what, path_text(path), site.node)


def _removed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.remove(path)`: what was saved there is there no more."""
    from kerascheck.machine.keras.saving import forget_file

    for given in (*arguments.positional, *arguments.keywords.values()):
        forget_file(run, given.value)
    return None


def _moved(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`shutil.copy(source, target)`, `os.rename(source, target)`: what was saved has another name, too."""
    from kerascheck.machine.keras.parcels import copied_to
    from kerascheck.machine.keras.saving import forget_file

    source, target = arguments.value("src", 0), arguments.value("dst", 1)
    copied_to(run, source, target)
    if not name.startswith("shutil.copy"):
        forget_file(run, source)
    return target


def _command(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.system("cp a.keras b.keras")`."""
    from kerascheck.machine.keras.saving import run_command

    run_command(run, arguments.value("command", 0))
    return run.fresh(f"the result of {name}", site.node)


def _nothing(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return None


def _here(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return _made(("cwd",))


def _from_os(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`os.fspath(path)`."""
    text = path_text(arguments.positional[0].value) if arguments.positional else None
    return run.fresh("a path that is not known", site.node) if text is None else text


def _same(text: str) -> Value:
    return text


def _absolute(text: str) -> Value:
    return text if text.startswith("/") else _made(("abspath", posixpath.normpath(text)))


def _user(text: str) -> Value:
    return _made(("expanduser", text)) if text.startswith("~") else text


# -- pathlib --------------------------------------------------------------------------------------------------------


def _path(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pathlib.Path("models", "first.keras")`."""
    values = [given.value for given in arguments.positional]
    made = join(*values) if values else "."
    if made is None or arguments.open_positional:
        return PathValue(run.fresh("a path that is not known", site.node), run.tick())
    return PathValue(posixpath.normpath(made) if isinstance(made, str) else made, run.tick())


def _new(run: Run, site: Site, text: Value) -> Value:
    return PathValue(run.fresh("a path that is not known", site.node) if text is None else text, run.tick())


def _joinpath(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    return _new(run, site, join(path.text, *(given.value for given in arguments.positional)))


def _as_text(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    return path.text


def _resolved(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    return _new(run, site, apply("abspath", _absolute, path))


def _expanded(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    return _new(run, site, apply("expanduser", _user, path))


def _changed(part: str) -> Method:
    """`path.with_name(name)`, `path.with_suffix(suffix)`, `path.with_stem(stem)`."""

    def method(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
        given = arguments.positional[0].value if arguments.positional else None
        if not isinstance(path.text, str) or not isinstance(given, str):
            known = isinstance(path.text, Unknown) and isinstance(given, (str, Unknown))
            return _new(run, site, _made((part, path.text.key, _key_of(given))) if known else None)
        folder, name = posixpath.split(path.text)
        stem, suffix = posixpath.splitext(name)
        new = {"with_name": given, "with_suffix": stem + given, "with_stem": given + suffix}[part]
        return _new(run, site, posixpath.join(folder, new))

    return method


def _asked_of(what: str) -> Method:
    def method(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
        return _found(run, what, path, site)

    return method


def _no_value(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    return None


def _gone(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    """`path.unlink()`, `path.write_text(...)`."""
    from kerascheck.machine.keras.saving import forget_file

    forget_file(run, path)
    return run.fresh("the number of bytes", site.node)


def _opened(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
    """`path.open("w")`."""
    given = Arguments([Given(path), *arguments.positional], arguments.keywords)
    return run.call(Symbol("builtins.open"), given, site)


#: The attributes of a path, as functions of its text.
_PARTS: dict[str, Callable[[str], Value]] = {
    "name": posixpath.basename,
    "stem": lambda text: posixpath.splitext(posixpath.basename(text))[0],
    "suffix": lambda text: posixpath.splitext(text)[1],
    "parent": lambda text: posixpath.dirname(text) or ".",
}


def path_attribute(run: Run, path: PathValue, name: str) -> Value | None:
    """`path.parent`, `path.stem`; None for what is no such attribute."""
    if name == "parts" and isinstance(path.text, str):
        rooted = ("/",) if path.text.startswith("/") else ()
        return (*rooted, *(part for part in path.text.split("/") if part))
    if name not in _PARTS:
        return None
    value = apply("dirname" if name == "parent" else f"path.{name}", _PARTS[name], path)
    return PathValue(value, run.tick()) if name == "parent" else value


def divide(run: Run, left: Value, right: Value) -> Value | None:
    """`folder / "model.keras"`; None where neither is a path."""
    if not isinstance(left, PathValue) and not isinstance(right, PathValue):
        return None
    made = join(left, right)
    return None if made is None else PathValue(made, run.tick())


def _looked_at(name: str) -> Method:
    """A method that looks at what is there."""

    def method(run: Run, path: PathValue, arguments: Arguments, site: Site) -> Value:
        from kerascheck.machine.modules.reading import OF_PATHS

        return OF_PATHS[name](run, path, arguments, site)

    return method


METHODS[PATH] = {
    **{name: _looked_at(name) for name in ("read_text", "iterdir", "glob")},
    "joinpath": _joinpath,
    "as_posix": _as_text,
    "__str__": _as_text,
    "__fspath__": _as_text,
    "resolve": _resolved,
    "absolute": _resolved,
    "expanduser": _expanded,
    **{part: _changed(part) for part in ("with_name", "with_suffix", "with_stem")},
    "exists": _asked_of("exists"),
    "is_file": _asked_of("isfile"),
    "is_dir": _asked_of("isdir"),
    **dict.fromkeys(("mkdir", "touch", "chmod"), _no_value),
    **dict.fromkeys(("unlink", "rmdir", "write_text", "write_bytes"), _gone),
    "open": _opened,
}  # fmt: skip

FUNCTIONS = {
    "os.path.join": _joined,
    "os.path.basename": _pure("path.name", posixpath.basename),
    "os.path.dirname": _pure("dirname", posixpath.dirname),
    "os.path.normpath": _pure("normpath", posixpath.normpath),
    "os.path.abspath": _pure("abspath", _absolute),
    "os.path.realpath": _pure("abspath", _absolute),
    "os.path.expanduser": _pure("expanduser", _user),
    "os.path.expandvars": _pure("expandvars", lambda text: _made(("expandvars", text)) if "$" in text else text),
    "os.path.split": _pair(posixpath.split, "split"),
    "os.path.splitext": _pair(posixpath.splitext, "splitext"),
    **{f"os.path.{name}": _asked for name in ("exists", "isfile", "isdir", "getsize", "getmtime", "lexists")},
    **{f"os.{name}": _removed for name in ("remove", "unlink", "rmdir")},
    "shutil.rmtree": _removed,
    **{f"os.{name}": _moved for name in ("rename", "renames", "replace")},
    **{f"shutil.{name}": _moved for name in ("copy", "copy2", "copyfile", "move")},
    "os.system": _command,
    "os.popen": _command,
    "os.fspath": _from_os,
    "os.getcwd": _here,
    "os.makedirs": _nothing,
    "os.mkdir": _nothing,
    **{f"pathlib.{name}": _path for name in ("Path", "PurePath", "PosixPath", "PurePosixPath")},
    "pathlib.Path.cwd": lambda run, name, arguments, site: PathValue(_made(("cwd",)), run.tick()),
    "pathlib.Path.home": lambda run, name, arguments, site: PathValue(_made(("home",)), run.tick()),
}

"""What a program writes into files by itself, by pickle and its kin, and reads again."""

from __future__ import annotations

import posixpath

from kerascheck.machine.doubts import Doubt
from kerascheck.machine.keras.saving import (
    Snapshot,
    as_network,
    forget_file,
    found,
    has_strangers,
    is_saved,
    keep,
    place_of,
    unknown_network,
)
from kerascheck.machine.modules.paths import join, path_key, path_text
from kerascheck.machine.run import Run
from kerascheck.machine.values import FILE, NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Undetermined, Unknown


class Parcel:
    """Something that is not a model alone, packed by `pickle` or `joblib`, or written as "text" or "json"."""

    __slots__ = ("form", "thing")

    def __init__(self, thing: Value, form: str = "pickle") -> None:
        self.thing = thing
        self.form = form


def pack(run: Run, value: Value, site: Site) -> Value:
    """The value as it is now, for `unpack`; Unknown where it cannot be kept."""
    network = as_network(value)
    if network is not None:
        return Snapshot(network) if value is network else Unknown("an object of the program")
    from kerascheck.machine.modules.copying import deep_copy

    made = deep_copy(run, value, site)
    return made if isinstance(made, Unknown) and not isinstance(value, Unknown) else Parcel(made)


def unpack(run: Run, held: Value, site: Site) -> Value | None:
    """What was packed; None where that is not known."""
    from kerascheck.machine.modules.copying import deep_copy

    if isinstance(held, Snapshot):
        try:
            if has_strangers(run, held.network):
                raise Undetermined("a layer of a class that is not registered")
            return held.restore(run, site)
        except Undetermined as undetermined:
            return unknown_network(run, undetermined.reason, site)
    return deep_copy(run, held.thing, site) if isinstance(held, Parcel) and held.form == "pickle" else None


def written(run: Run, file: Value, form: str) -> Value | None:
    """What the program has written into a file in that form before it reads it; None where that is not known."""
    held = found(run, file)
    return held.thing if isinstance(held, Parcel) and held.form == form else None


def write(run: Run, file: Value, thing: Value, form: str) -> None:
    """Note what the program writes into an open file; kept is a single text, or the description of a model."""
    from kerascheck.machine.keras.configurations import Configuration

    first = isinstance(file, NativeObject) and file.kind == FILE and not file.parts.get("begun")
    if first and file.parts["mode"] in ("w", "wt", "x") and isinstance(thing, (str, Configuration)):
        file.parts["begun"] = True
        keep(run, place_of(file), Parcel(thing, form))
    else:
        forget_file(run, file)
        keep(run, place_of(file), Unknown("a file of several parts"))


def open_file(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`open(path, "wb")`: what is written over is forgotten."""
    path, mode = arguments.value("file", 0), arguments.value("mode", 1, "r")
    if not isinstance(mode, str) or any(letter in mode for letter in "wxa+"):
        run.writes += 1
        forget_file(run, path)
        run.doubt(Doubt(None, True, "OSError"))
    elif not is_saved(run, path):
        can_be_read = run.asked("what is on the disk", "open", path_text(path), site.node)
        run.doubt(Doubt(can_be_read.key, False, "FileNotFoundError"))
    return NativeObject(FILE, run.tick(), {"path": path, "mode": mode})


def copied_to(run: Run, source: Value, target: Value) -> None:
    """`shutil.copy(source, target)`: the same file under another name, or in a folder."""
    held = found(run, source)
    forget_file(run, target, is_target=True)
    text, name = path_text(target), path_text(source)
    if held is None or not isinstance(text, str) or not isinstance(name, str):
        return
    inside = text.endswith("/") or not posixpath.splitext(text)[1]
    keep(run, path_key(join(text, posixpath.basename(name)) if inside else text), held)

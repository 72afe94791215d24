"""`pickle`, `joblib` and their like: what the program packs is what it unpacks."""

from __future__ import annotations

from kerascheck.machine.keras.parcels import pack, unpack
from kerascheck.machine.keras.saving import as_network, found, keep, note_file
from kerascheck.machine.modules.paths import path_key
from kerascheck.machine.run import Run
from kerascheck.machine.values import FILE, NativeObject, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site

_PICKLED = "pickle.dumps"


def _place_of(value: Value) -> Value:
    return value.parts["path"] if isinstance(value, NativeObject) and value.kind == FILE else value


def _dump(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pickle.dump(thing, file)`, `joblib.dump(thing, path)`."""
    thing = arguments.value("obj", 0, arguments.value("value"))
    target = _place_of(arguments.value("file", 1, arguments.value("filename")))
    network = as_network(thing)
    if network is not None:
        network.met_data = True
        note_file(run, "pickle", network, target, arguments, site)
    keep(run, path_key(target), pack(run, thing, site))
    return None if name.partition(".")[0] != "joblib" else run.fresh("names of files", site.node)


def _load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pickle.load(file)`, `joblib.load(path)`."""
    source = _place_of(arguments.value("file", 0, arguments.value("filename")))
    made = unpack(run, found(run, source), site)
    return run.fresh(f"the result of {name}", site.node) if made is None else made


def _dumps(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pickle.dumps(thing)`."""
    network = as_network(arguments.value("obj", 0))
    if network is not None:
        note_file(run, "pickle", network, None, arguments, site)
    return NativeObject(_PICKLED, run.tick(), {"thing": pack(run, arguments.value("obj", 0), site)})


def _loads(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pickle.loads(text)`."""
    text = arguments.positional[0].value if arguments.positional else None
    made = unpack(run, text.parts["thing"], site) if isinstance(text, NativeObject) and text.kind == _PICKLED else None
    return run.fresh(f"the result of {name}", site.node) if made is None else made


_PACKAGES = ("pickle", "cPickle", "_pickle", "dill", "cloudpickle")

FUNCTIONS = {
    **{f"{package}.dump": _dump for package in (*_PACKAGES, "joblib")},
    **{f"{package}.load": _load for package in (*_PACKAGES, "joblib")},
    **{f"{package}.dumps": _dumps for package in _PACKAGES},
    **{f"{package}.loads": _loads for package in _PACKAGES},
}

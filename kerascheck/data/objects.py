"""Things that make or change data and keep a state: scalers, encoders, tokenizers, generators of images."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any

import libcst as cst

from kerascheck.data.pipeline import noted
from kerascheck.machine.run import Run
from kerascheck.machine.values import NativeMethod, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.journal import Versioned
from kerascheck.symbolic.unknown import NOTHING, Unknown


class DataObject(Versioned):
    """An object of another package, by the canonical name of its class.

    `attributes` are what the program may read of it; `state` is what its methods remember for each other.
    """

    __slots__ = ("arguments", "attributes", "birth", "key", "name", "needs", "qualname", "site", "state")

    def __init__(self, qualname: str, arguments: Arguments, site: Site, birth: int = 0, key: Hashable = None) -> None:
        self.qualname = qualname
        self.arguments = arguments  # of its construction
        self.site = site
        self.birth = birth
        self.key = key if key is not None else ("object", birth)
        self.name: str | None = None  # the first variable that it is bound to
        self.needs: frozenset[Hashable] = NOTHING  # the conditions that it hangs on, where they are not decided
        self.attributes: dict[str, Any] = {}
        self.state: dict[str, Any] = {}

    def title(self, name: str) -> None:
        """What it teaches is called after the first variable that it is bound to."""
        if self.name is None:
            self.name = name

    def size(self, attribute: str, key: Hashable) -> SymDim:
        """The number of entries of one of its attributes: `len(encoder.classes_)`."""
        name = self.name or f"{self.qualname.rpartition('.')[2]}()"
        return SymDim.named(f"len({name}.{attribute})", ("object size", attribute, key))

    def learn(self, run: Run, **facts: Any) -> None:
        """Remember something for later calls; what a round of a loop teaches it may be otherwise in the next one."""
        self.state.update(facts)

    def recall(self, name: str) -> Any:
        """What was learned under that name; None where that is nothing, or not known any more."""
        value = self.state.get(name)
        return None if isinstance(value, Unknown) else value

    def forget(self) -> None:
        """Its state is not known any more."""
        self.state = {"fitted": Unknown("code that is not known may have fitted it")}
        self.attributes = {}

    def __repr__(self) -> str:
        return f"<{self.qualname}>"


Method = Callable[[Run, DataObject, Arguments, Site], Value]

#: The modules with `OBJECTS`: for each class its methods by name.
_MODULES = {
    "sklearn": "sklearn_functions",
    "keras": "keras_utils",
    "tensorflow": "tf_data",
    "numpy": "numpy_functions",
    "pandas": "pandas_functions",
    "imblearn": "imblearn_functions",
    "tensorflow_datasets": "tensorflow_datasets",
}


def make_object(run: Run, name: str, arguments: Arguments, site: Site) -> DataObject:
    """The handler for a construction."""
    return DataObject(name, arguments, site, run.tick(), run.fresh("an object", site.node).key)


def object_attribute(run: Run, thing: DataObject, name: str, node: cst.CSTNode) -> Value:
    """`object.name`: a method, something learned, or something that is not known."""
    methods = _methods(thing)
    if name in methods:
        return NativeMethod(name, thing, noted(name, methods[name]))
    if name in thing.attributes:
        return thing.attributes[name]
    if name.endswith("_") or not methods:
        # What scikit-learn's estimators learn has names of this form; things without methods are there to be read.
        key = ("attribute", thing.state.get("moment", thing.key), name)
        return Unknown(f"{name} of {thing!r}", key, f"{thing.name}.{name}" if thing.name else None)
    return NativeMethod(name, thing, _not_interpreted)


def object_item(run: Run, thing: DataObject, index: Value, node: cst.CSTNode) -> Value:
    """`object[index]`: by its own method, or of things whose attributes are their entries."""
    method = _methods(thing).get("__getitem__")
    if method is not None:
        return method(run, thing, Arguments([Given(index)], {}), Site(run.file, node))
    if isinstance(index, str) and index in thing.attributes:
        return thing.attributes[index]
    return run.fresh(f"an item of {thing!r}", node)


def store_item(run: Run, thing: DataObject, index: Value, value: Value, node: cst.CSTNode) -> None:
    """`object[index] = value`."""
    method = _methods(thing).get("__setitem__")
    if method is not None:
        method(run, thing, Arguments([Given(index), Given(value)], {}), Site(run.file, node))
    else:
        thing.forget()


def _not_interpreted(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    thing.forget()
    return run.fresh("the result of a method that is not interpreted", site.node)


def _methods(thing: DataObject) -> Mapping[str, Method]:
    return _objects(_MODULES[thing.qualname.partition(".")[0]]).get(thing.qualname, {})


@cache
def _objects(module: str) -> Mapping[str, Mapping[str, Method]]:
    table: Mapping[str, Mapping[str, Method]] = importlib.import_module(f"kerascheck.data.{module}").OBJECTS
    return table

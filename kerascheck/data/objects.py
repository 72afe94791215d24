"""Things that make or change data and keep a state: scalers, encoders, tokenizers, generators of images."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import libcst as cst

from kerascheck.interp.run import Run
from kerascheck.interp.values import NativeMethod, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site


class DataObject:
    """An object of another package, by the canonical name of its class; `state` is what its methods remember."""

    __slots__ = ("arguments", "birth", "qualname", "site", "state")

    def __init__(self, qualname: str, arguments: Arguments, site: Site, birth: int = 0) -> None:
        self.qualname = qualname
        self.arguments = arguments  # of its construction
        self.site = site
        self.birth = birth
        self.state: dict[str, Any] = {}

    def forget(self) -> None:
        """Its state is not known any more."""
        self.state = {}

    def __repr__(self) -> str:
        return f"<{self.qualname}>"


Method = Callable[[Run, DataObject, Arguments, Site], Value]

#: The modules with `OBJECTS`: for each class its methods by name.
_MODULES = {"sklearn": "sklearn_functions", "keras": "keras_utils"}


def make_object(run: Run, name: str, arguments: Arguments, site: Site) -> DataObject:
    """The handler for a construction."""
    return DataObject(name, arguments, site, run.tick())


def object_attribute(run: Run, thing: DataObject, name: str, node: cst.CSTNode) -> Value:
    """`object.name`: a method, or something that is not known."""
    methods = _objects(_MODULES[thing.qualname.partition(".")[0]]).get(thing.qualname, {})
    if name in methods:
        return NativeMethod(name, thing, methods[name])
    if name in thing.state:
        return thing.state[name]
    return NativeMethod(name, thing, _not_interpreted)


def _not_interpreted(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    thing.forget()
    return run.fresh("the result of a method that is not interpreted", site.node)


@cache
def _objects(module: str) -> Mapping[str, Mapping[str, Method]]:
    table: Mapping[str, Mapping[str, Method]] = importlib.import_module(f"kerascheck.data.{module}").OBJECTS
    return table

"""Names that a program gives its own functions and classes in Keras: what is written for each.

Keras 2 looks them up wherever it takes a name, Keras 3 only those of initializers and optimizers.
`register_keras_serializable` is not among what gives plain names, for it registers "Package>name", nor are the
`custom_objects` of one model that is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import libcst as cst

from kerascheck.machine.mentions import mentions_in
from kerascheck.machine.names import canonical
from kerascheck.machine.static import once_a_file, outline_of

_TABLE = "get_custom_objects"
_SCOPES = ("custom_object_scope", "CustomObjectScope")


class Registered(NamedTuple):
    """What stands for the names that a file registers, and whether all that registers some was seen and read."""

    values: Mapping[str, cst.BaseExpression]
    is_all: bool


@once_a_file
def registered_in(source: Any) -> Registered:
    """The names that a file registers by `get_custom_objects` or in the scope of custom objects."""
    tables: set[int] = set()
    found: dict[str, cst.BaseExpression] = {}
    is_seen, is_all = False, True
    for mention in mentions_in(source):
        name = canonical(mention.dotted).rpartition(".")[2]
        if mention.call is not None and mention.root != "tensorflow":
            if name == _TABLE:
                is_seen = True
                tables.add(id(mention.call))
            elif name in _SCOPES:
                is_seen = True
                is_all = _add_written(found, mention.call) and is_all
    read: set[int] = set()
    for node in outline_of(source).below(source.tree, cst.Call, cst.Assign) if tables else ():
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and id(node.func.value) in tables:
            if node.func.attr.value == "update" and _add_written(found, node):
                read.add(id(node.func.value))
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            target = node.targets[0].target
            if isinstance(target, cst.Subscript) and id(target.value) in tables and len(target.slice) == 1:
                index = target.slice[0].slice
                key = index.value if isinstance(index, cst.Index) else None
                if isinstance(key, cst.SimpleString):
                    found[str(key.evaluated_value)] = node.value
                    read.add(id(target.value))
    return Registered(MappingProxyType(found), is_seen and is_all and tables <= read)


def _add_written(found: dict[str, cst.BaseExpression], call: cst.Call) -> bool:
    """Add the names and values that a call is given; whether all of them are written there."""
    is_all = True
    for arg in call.args:
        if arg.keyword is not None:
            found[arg.keyword.value] = arg.value
            continue
        elements = arg.value.elements if isinstance(arg.value, cst.Dict) and not arg.star else None
        is_all = is_all and elements is not None
        for element in elements or ():
            if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                found[str(element.key.evaluated_value)] = element.value
            else:
                is_all = False
    return is_all

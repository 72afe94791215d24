"""Whether a name that Keras does not have may be one that the program registers."""

from __future__ import annotations

from kerascheck.machine.registered import registered_in
from kerascheck.network.ir import Site
from kerascheck.rules._mentions import writes

#: What makes plain names of the program known to Keras wherever it looks one up.
NAMES_OBJECTS = ("custom_object_scope", "CustomObjectScope", "get_custom_objects", "object_registration")


def registers_names(site: Site, name: str) -> bool:
    """Whether the program may give Keras this name, so that a string unknown to us can be known to Keras.

    "Package>name" is the form of a name that any module may have registered.
    """
    if ">" in name:
        return True
    if not writes(site.file, NAMES_OBJECTS):
        return False
    registered = registered_in(site.file)
    return name in registered.values or not registered.is_all

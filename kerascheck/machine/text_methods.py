"""Methods of texts and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerascheck.machine.operators import MAX_TEXT
from kerascheck.machine.run import RAISED, Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site

Method = Callable[[Run, Any, Arguments, Site], Value]


# -- strings ----------------------------------------------------------------------------------------------------------
def string(name: str) -> Method:
    """A method of `str` that takes and gives plain values."""

    def method(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in arguments.positional]
        if not arguments.keywords and all(isinstance(v, (str, int, tuple)) for v in values):
            if any(isinstance(v, int) and abs(v) > 10_000 for v in values) or _may_grow(receiver, name, values):
                return run.fresh(f"{name}() of a large size", site.node)
            try:
                result = getattr(receiver, name)(*values)
            except RAISED as error:
                return run.fails(type(error).__name__, f"{name}() that raises", site.node)
            return run.new_list(result) if isinstance(result, list) else result
        return run.fresh(f"{name}() of something unknown", site.node)

    return method


def _may_grow(receiver: str, name: str, values: list[Value]) -> bool:
    """Whether replacing, or wide tabs, would make a very long text."""
    if name == "expandtabs":
        return bool(values) and isinstance(values[0], int) and receiver.count("\t") * values[0] > MAX_TEXT
    if name != "replace" or len(values) < 2 or not isinstance(values[1], str):
        return False
    return (len(receiver) + 1) * (len(values[1]) + 1) > MAX_TEXT


def number(name: str) -> Method:
    """A method of numbers without arguments."""

    def method(run: Run, receiver: Any, arguments: Arguments, site: Site) -> Value:
        if not isinstance(receiver, (int, float)) or not hasattr(receiver, name):
            return run.fresh(f"{name}() of something unknown", site.node)
        try:
            return getattr(receiver, name)()
        except RAISED as error:
            return run.fails(type(error).__name__, f"{name}() that raises", site.node)

    return method


#: Encodings that take time in proportion to the text.
_ENCODINGS = frozenset({"utf8", "utf16", "utf32", "ascii", "latin1", "iso88591", "cp1252"})


def encode(run: Run, receiver: str, arguments: Arguments, site: Site) -> Value:
    name = arguments.value("encoding", 0, "utf-8")
    if isinstance(name, str) and name.lower().replace("-", "").replace("_", "") not in _ENCODINGS:
        return run.fresh("encode() by a rare encoding, or by none", site.node)
    return string("encode")(run, receiver, arguments, site)


def decode(run: Run, receiver: bytes, arguments: Arguments, site: Site) -> Value:
    if arguments.positional or arguments.keywords or len(receiver) > MAX_TEXT:
        return run.fresh("decode() of something unknown", site.node)
    return receiver.decode(errors="replace")


STRING_METHODS = (
    "lower", "upper", "strip", "lstrip", "rstrip", "split", "rsplit", "replace", "startswith", "endswith", "title",
    "capitalize", "isdigit", "find", "count", "removeprefix", "removesuffix", "splitlines", "zfill", "isupper",
    "islower", "partition", "rpartition", "center", "ljust", "rjust", "casefold", "index", "rindex", "rfind", "isalnum",
    "isalpha", "isspace", "isnumeric", "isdecimal", "isidentifier", "istitle", "swapcase", "expandtabs",
)  # fmt: skip

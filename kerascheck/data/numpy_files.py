"""Arrays in files beside the program: shape and dtype stand in the header of `.npy` files, also within `.npz`.

Only headers are read, never numbers, and no pickled objects.
Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import ast
import io
import zipfile

from kerascheck.data.content import Content, Rows
from kerascheck.data.csv_files import read_table
from kerascheck.data.objects import DataObject
from kerascheck.data.values import dtype_of, fresh_key, new_array
from kerascheck.machine.files import MAX_BYTES, read
from kerascheck.machine.modules.paths import path_text
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_MAGIC = b"\x93NUMPY"
_MAX_HEADER = 10_000
_MAX_MEMBERS = 100


def read_header(data: bytes) -> tuple[tuple[int, ...], str | Unknown] | None:
    """Shape and dtype of the array that begins with these bytes; None where they are no such array."""
    if len(data) < 10 or data[:6] != _MAGIC:
        return None
    wide = data[6] >= 2
    start = 12 if wide else 10
    length = int.from_bytes(data[8:start], "little")
    if length > _MAX_HEADER or len(data) < start + length:
        return None
    try:
        header = ast.literal_eval(data[start : start + length].decode("latin-1").strip())
        shape, kind = header["shape"], header["descr"]
    except (ValueError, SyntaxError, KeyError, TypeError, MemoryError, RecursionError):
        return None
    if not isinstance(shape, tuple) or not all(isinstance(size, int) and size >= 0 for size in shape):
        return None
    return shape, _dtype(kind)


def _dtype(kind: object) -> str | Unknown:
    if not isinstance(kind, str):
        return Unknown("a dtype of several fields")
    letter = kind.lstrip("<>=|")[:1]
    if letter in "US":
        return "str"
    if letter == "O":
        return "object"
    if letter == "b":
        return "bool" if kind.endswith("b1") else "int8"
    found = dtype_of(kind)
    return found if isinstance(found, str) else Unknown("a dtype")


def load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.load("data.npy")`, `numpy.load("data.npz")["x"]`."""
    path = arguments.value("file", 0)
    text = path_text(path)
    archive = isinstance(text, str) and text.endswith(".npz")
    found = read(run, path, MAX_BYTES)
    made: Value = None
    if found is not None:
        made = _archive(run, found.data, arguments, site) if archive and found.whole else _array(run, found.data, site)
    return run.fresh("the arrays of a file" if archive else "the array of a file", site.node) if made is None else made


def _array(run: Run, data: bytes, site: Site) -> Value:
    header = read_header(data)
    if header is None:
        return None
    return new_array(run, *header, content=Content(tags=frozenset({"raw"})), rows=Rows(fresh_key(run, site)))


def _archive(run: Run, data: bytes, arguments: Arguments, site: Site) -> Value:
    made = DataObject("numpy.lib.npyio.NpzFile", arguments, site, run.tick(), fresh_key(run, site))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.namelist() if member.endswith(".npy")]
            if len(members) > _MAX_MEMBERS:
                return None
            for member in members:
                with archive.open(member) as file:
                    array = _array(run, file.read(_MAX_HEADER), site)
                made.attributes[member[:-4]] = run.fresh("an array", site.node) if array is None else array
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return None
    made.attributes.setdefault("files", run.new_list(list(made.attributes)))
    return made


def table_shape(run: Run, arguments: Arguments) -> tuple[int, int] | None:
    """Lines and columns of the numbers that `numpy.loadtxt` reads; None where that is not known."""
    plain = {"fname", "dtype", "delimiter", "skiprows", "skip_header", "comments", "encoding"}
    separator = arguments.value("delimiter", None)
    skipped = arguments.value("skiprows", None, arguments.value("skip_header", None, 0))
    if not arguments.keywords.keys() <= plain or len(arguments.positional) > 1 or arguments.open_keywords:
        return None
    if not isinstance(separator, str) or skipped not in (0, 1):
        return None
    table = read_table(run, arguments.value("fname", 0), separator, header=False)
    if table is None or table.rows is None or table.columns is None:
        return None
    rows = table.rows - skipped
    return (rows, table.width) if rows > 1 and table.width > 1 else None  # else numpy drops an axis

"""What numpy, pandas and scikit-learn refuse to do with arrays."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from kerascheck.data.array import Array
from kerascheck.machine.run import Run
from kerascheck.network.dims import format_shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Unknown


def refuses(run: Run, error: str, message: str, site: Site) -> Unknown:
    """The exception `error` is surely raised here: that ends a `try` body; elsewhere it is noted for the rules."""
    result = run.fails(error, message, site.node)
    run.raised(KerasError(message, "array"), site)
    return result


def no_axis(run: Run, error: str, array: Array, axis: object, site: Site) -> Unknown:
    """An axis is asked for that the array does not have."""
    shape = "" if isinstance(array.shape, Unknown) else f" of shape {format_shape(array.shape)}"
    return refuses(run, error, f"there is no axis {axis} in an array{shape}", site)


def no_column(run: Run, wanted: Iterable[Hashable], columns: Sequence[Hashable], site: Site) -> Unknown:
    """A frame does not have one of the columns."""
    missing = next(label for label in wanted if label not in columns)
    some = ", ".join(map(str, columns[:6])) + (", ..." if len(columns) > 6 else "")
    return refuses(run, "KeyError", f"the frame has no column {missing!r}, but {some}", site)

"""What matplotlib refuses to draw. Source: https://matplotlib.org/stable/api/pyplot_summary.html"""

from __future__ import annotations

from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import count_of
from kerascheck.data.values import as_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import format_shape
from kerascheck.network.ir import Site

#: The colours of a picture: grey, RGB and RGB with transparency.
_DEPTHS = (1, 3, 4)


def _imshow(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`imshow(X)`: one picture, not a batch of them."""
    array = as_array(run, arguments.value("X", 0))
    shape = array.shape if array is not None else None
    if isinstance(shape, tuple):
        depth = shape[-1] if len(shape) == 3 else 1
        if len(shape) not in (2, 3) or (isinstance(depth, int) and depth not in _DEPTHS):
            what = "one of the batch, images[0]" if len(shape) > 3 else "an array of rows, columns and colours"
            return refuses(run, "TypeError", f"imshow draws no array of shape {format_shape(shape)}; pass {what}", site)
    return run.fresh("a drawn picture", site.node)


def _plot(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`plot(x, y)`: as many of one as of the other."""
    values = [given.value for given in arguments.positional[:2] if isinstance(given, Given)]
    if len(values) == 2 and not isinstance(values[1], str):
        counts = [count_of(run, value) if not isinstance(value, range) else len(value) for value in values]
        if isinstance(counts[0], int) and isinstance(counts[1], int) and counts[0] != counts[1]:
            message = f"plot gets {counts[0]} and {counts[1]} numbers, and needs as many of both"
            return refuses(run, "ValueError", message, site)
    return run.fresh("drawn lines", site.node)


FUNCTIONS: dict[str, Function] = {"matplotlib.pyplot.imshow": _imshow, "matplotlib.pyplot.plot": _plot}

"""Methods of tables and columns that choose, order or name their rows."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.frames import (
    derived,
    labels_in,
    make_frame,
    new_size,
    reordered,
    select,
    take_rows,
    without,
)
from kerascheck.data.indexing import slice_size
from kerascheck.data.methods import Method
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import KerasError, Undetermined


def lazy_copy(run: Run, array: Array) -> Array:
    """A copy that shares memory until it is written to; arrays taken from it may see what is written to the first."""
    made = array.snapshot()
    made.birth = run.tick()
    array.content.view(made.content)
    return made


def some_rows(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """Fewer rows, nobody knows how many: `dropna`, `drop_duplicates`, `query`."""
    assert isinstance(array.shape, tuple)
    return take_rows(run, array, new_size(run, 0, site), f"rows {run.tick()}")


def dropna(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    if arguments.value("axis", 0, 0) in (1, "columns"):
        return select(run, array, None, new_size(run, 1, site), site)
    return some_rows(run, array, arguments, site)


def ends(is_tail: bool) -> Method:
    """`frame.head(n)`, `tail(n)`."""

    def call(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
        assert isinstance(array.shape, tuple)
        count = arguments.value("n", 0, 5)
        part = slice(-count, None) if is_tail and isinstance(count, int) and count > 0 else slice(None, count)
        try:
            size = slice_size(array.shape[0], part)
        except (KerasError, Undetermined):
            size = new_size(run, 0, site)
        if is_tail and not isinstance(count, int):
            size = new_size(run, 0, site)
        return take_rows(run, array, size, f"{'tail' if is_tail else 'head'} {count}")

    return call


def sample(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`frame.sample(n)`, `sample(frac=1)`: rows in random order."""
    assert isinstance(array.shape, tuple)
    count, fraction = arguments.value("n", 0), arguments.value("frac", 1)
    if arguments.value("axis", None, 0) not in (0, "index", None):
        return run.fresh("columns in another order", site.node)
    rows = array.shape[0]
    drawn = arguments.value("replace", 2, False) is not False
    if fraction is not None and isinstance(fraction, (int, float)) and fraction == 1 and not drawn:
        return reordered(run, array, "shuffled")
    size: Dim = new_size(run, 0, site)
    if isinstance(count, int):
        size = count
    elif count is None and fraction is None:
        size = 1
    elif isinstance(fraction, float) and isinstance(rows, int):
        size = round(fraction * rows)
    elif fraction == 1:
        size = rows
    return take_rows(run, array, size, f"sample {run.tick()}", order="shuffled")


def sort(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return reordered(run, array)


def reset_index(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    if arguments.value("drop", 1, False) is not True:
        if array.kind == "series":
            return make_frame(run, array.shape[0], 2, index=("range", array.shape[0]), samples=array.rows)
        made = derived(run, array, (array.shape[0], new_size(run, 1, site)))
        made.rows = array.rows
    else:
        made = lazy_copy(run, array)
    assert made.labels is not None
    made.labels.index = ("range", array.shape[0])
    return made


def set_index(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    assert isinstance(array.shape, tuple)
    if array.kind != "frame":
        return run.fresh("a series has no columns", site.node)
    labels = labels_in(run, arguments.value("keys", 0))
    if labels is None or arguments.value("drop", 1, True) is not True:
        made = derived(run, array, (array.shape[0], new_size(run, 1, site)))
    else:
        made = without(run, array, labels, site)
    assert made.labels is not None
    made.labels.index, made.rows = ("rows", run.tick()), array.rows
    return made

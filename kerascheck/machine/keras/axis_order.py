"""Where the channels of images are in programs for the Kerases that left it to a file beside the program.

`~/.keras/keras.json` said whether images are (rows, columns, channels) or (channels, rows, columns); with Theano below,
Keras 1 took them to come first unless told otherwise. A program whose images plainly have them first was written for
such a setting, which nothing in it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerascheck.symbolic.unknown import Unknown

if TYPE_CHECKING:
    from kerascheck.machine.run import Run

_FEW = frozenset({1, 2, 3, 4})


def notice_order(run: Run, shape: Any) -> None:
    """See the shape of one input, without the batch axis: it may tell that the order of axes is not the usual one."""
    is_open = run.project.dialect < 3 and run.image_data_format == "channels_last" and not run.is_order_set
    if is_open and has_channels_first(shape):
        run.image_data_format = Unknown("the order of the axes of images, which keras.json decides")


def has_channels_first(shape: Any) -> bool:
    """Whether the sizes are those of images, or of films, with their channels before rows and columns."""
    if not isinstance(shape, tuple) or len(shape) not in (3, 4):
        return False
    first, *_, rows, columns = shape
    if not isinstance(first, int) or columns is None or columns in _FEW:
        return False
    if not isinstance(columns, int):
        return first in (1, 3) and rows is not None and not isinstance(rows, int)  # sizes without numbers
    return first in (1, 3) or (first < columns == rows)

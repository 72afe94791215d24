"""Frames and series of pandas: labels, columns, and how operations align them."""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.interp.run import Run
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic import Unknown


def aligned(run: Run, a: Array, b: Array, site: Site) -> Shape | Unknown:
    """The shape of an operation on two frames or series."""
    return Unknown("frames that may not align")

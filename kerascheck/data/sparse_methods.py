"""Methods of sparse matrices. Source: https://docs.scipy.org/doc/scipy/reference/sparse.html"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.methods import Method
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site


def _dense(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = array.snapshot()
    made.kind, made.birth = "numpy", run.tick()
    return made


METHODS: dict[str, Method] = {"toarray": _dense, "todense": _dense}

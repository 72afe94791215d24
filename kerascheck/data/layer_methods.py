"""What layers that prepare data learn from it: `adapt`, `get_vocabulary`."""

from __future__ import annotations

from kerascheck.data.samples import prepared, unknown_of_length
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Layer, Site


def adapt(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer.adapt(data)`: nothing of the data is changed."""
    prepared(run, "fit", layer.qualname, [arguments.value("data", 0)], site, arguments)
    layer.adapted = True
    return None


def _size(layer: Layer) -> SymDim:
    return SymDim.named(f"len({layer.name}.get_vocabulary())", ("vocabulary", id(layer)))


def get_vocabulary(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer.get_vocabulary()`: how many words it has is not known, but has a name."""
    return unknown_of_length("a vocabulary", ("vocabulary", id(layer)), _size(layer), f"{layer.name}.get_vocabulary()")


def vocabulary_size(run: Run, layer: Layer, arguments: Arguments, site: Site) -> Value:
    """`layer.vocabulary_size()`."""
    return _size(layer)

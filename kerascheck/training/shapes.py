"""Shapes of targets and outputs as losses and metrics combine them.

The batch axis is a symbolic size where it is not known; any other size than 1 is then taken to differ from it.
"""

from __future__ import annotations

from kerascheck.network.dims import Dim, Shape, SymDim, definitely_different, format_shape
from kerascheck.symbolic.unknown import KerasError, Undetermined

#: The number of samples in a batch, where that is not known.
BATCH = SymDim.named("batch", ("fitting", "batch"))


class Pair:
    """Targets and outputs on their way through a loss or a metric.

    `spread` tells, once they have been combined, which of them was silently repeated along which axis; `flattens`
    whether class numbers of another rank are flattened with the outputs, as tf.keras does.
    """

    def __init__(self, targets: Shape, outputs: Shape, flattens: bool = False) -> None:
        self.targets = targets
        self.outputs = outputs
        self.flattens = flattens
        self.spread: str | None = None

    def squeezed(self) -> Pair:
        """What Keras does first where the ranks differ by one: an axis of size 1 at the end is dropped or added.

        Source: `squeeze_or_expand_to_same_rank` in keras/src/losses/loss.py (Keras 3.15).
        """
        self.targets, self.outputs = squeeze_or_expand(self.targets, self.outputs)
        return self

    def combined(self) -> Shape:
        """The shape of an element-wise operation of the two. Raises KerasError, Undetermined."""
        shape, stretched = broadcast(self.targets, self.outputs)
        if stretched:
            self.spread = stretched
        return shape

    def strict(self) -> Shape:
        """The shape of an operation that wants both alike. Raises KerasError, Undetermined."""
        if len(self.targets) != len(self.outputs):
            raise KerasError(f"{self} must have the same number of axes", "rank")
        for target, output in zip(self.targets, self.outputs, strict=True):
            if is_different(target, output):
                raise KerasError(f"{self} must be equal", "size")
            if target is None or output is None or target != output:
                raise Undetermined(f"whether {self} are equal")
        return self.targets

    def __str__(self) -> str:
        return f"targets {show(self.targets)} and outputs {show(self.outputs)}"


def show(shape: Shape) -> str:
    """A shape as messages give it: a batch of unknown size is None."""
    return format_shape(tuple(None if dim == BATCH else dim for dim in shape))


def is_one(dim: Dim) -> bool:
    """Whether the size is 1. Raises Undetermined where it may be."""
    if isinstance(dim, int):
        return dim == 1
    if dim == BATCH:
        return False
    raise Undetermined("whether a size is 1")


def is_different(left: Dim, right: Dim) -> bool:
    """Whether two sizes surely differ; a batch of unknown size differs from every number but 1."""
    if definitely_different(left, right):
        return True
    numbers = [dim for dim in (left, right) if isinstance(dim, int)]
    return BATCH in (left, right) and len(numbers) == 1 and numbers[0] != 1


def squeeze_or_expand(first: Shape, second: Shape, expand_vectors: bool = True) -> tuple[Shape, Shape]:
    """Bring two shapes to one rank where they differ by an axis of size 1 at the end. Raises Undetermined."""
    if len(first) == len(second) + 1:
        second, first = _shortened(second, first, expand_vectors)
    elif len(second) == len(first) + 1:
        first, second = _shortened(first, second, expand_vectors)
    return first, second


def _shortened(shorter: Shape, longer: Shape, expand_vectors: bool) -> tuple[Shape, Shape]:
    if not is_one(longer[-1]):
        return shorter, longer
    if len(shorter) == 1 and expand_vectors:
        return (*shorter, 1), longer
    return shorter, longer[:-1]


def broadcast(left: Shape, right: Shape, names: tuple[str, str] = ("the targets", "the outputs")) -> tuple[Shape, str]:
    """The shape of an element-wise operation and, in words, what is repeated for it ("" for nothing).

    Raises KerasError where the shapes do not broadcast, Undetermined where that is not known.
    """
    rank = max(len(left), len(right))
    a: Shape = (1,) * (rank - len(left)) + left
    b: Shape = (1,) * (rank - len(right)) + right
    result: list[Dim] = []
    repeated: set[str] = set()
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        if x is not None and x == y:
            result.append(x)
        elif x == 1 or y == 1:
            result.append(y if x == 1 else x)
            # A size with a name may be 1 itself, and so may one of the data that is not known: windows that are sliced.
            surely = (not isinstance(y if x == 1 else x, SymDim) and x is not None) or BATCH in (x, y)
            if surely and (axis or len(left) != len(right)):
                repeated.add(names[0] if x == 1 else names[1])
        elif is_different(x, y):
            raise KerasError(f"shapes {show(left)} and {show(right)} do not broadcast: {x} against {y}", "size")
        else:
            raise Undetermined(f"whether {x} and {y} broadcast")
    return tuple(result), " and ".join(name for name in names if name in repeated)

"""KC117: a comment at the end of a row states a shape, and the row makes another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerascheck.diagnostics import Severity
from kerascheck.network.dims import Shape, SymDim, format_shape, is_exact
from kerascheck.network.program import Program
from kerascheck.network.rows import RowCall, outermost, row_calls
from kerascheck.network.stated_shapes import fits, may_mean_other
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

if TYPE_CHECKING:
    from kerascheck.text.shape_comments import ShapeComment

#: What may stand in a row before the expression that its comment is about: an assignment, `return`, `model.add(`.
_LEAD = re.compile(
    r"\s*(?:[\w.]+(?:\s*:[^=]+)?\s*=\s*|return\s+|[\w.]+\.add\(\s*|(?:[\w.]+\s*=\s*)?[\w.]*Sequential\(\s*\[?\s*|\[\s*)?$"
)
_TAIL = re.compile(r"[\s,)\]]*$")
_DEFINITION = re.compile(r"(\s*)(?:async\s+)?def\s")

#: Right comments of the same form in the same function from which it is certain what such comments mean there.
_CERTAIN = 2


@dataclass(frozen=True)
class _Row:
    comment: ShapeComment
    call: RowCall
    shape: Shape  # what the row makes
    is_right: bool
    scope: int  # the row of the function that it stands in; 0: the module

    @property
    def is_full(self) -> bool:
        """Whether the comment names the batch axis, too."""
        return len(self.comment.sizes) == len(self.shape)


class WrongShapeComment(Rule):
    """A comment states a shape that its row does not produce.

    ## What it does

    Compares comments at the end of a row that are a shape and nothing else (`# (None, 26, 26, 32)`, `# (batch, 64)`,
    `# -> 14x14x256`) with the shape of what the row makes. With or without the batch axis, and with names or `?` for
    sizes: a comment is wrong only if it has as many axes as the shape and a known size differs.

    It is a warning where other comments of the same function show what they mean: two of the same form are right.
    With one, or where a comment spells the whole shape with `None` at the top of a module, it is advice. A comment that
    could mean something else is left alone: the shape of the input or of a weight, the same sizes in another order, a
    row that several calls run through with different shapes.

    ## Why it is bad

    Comments with shapes are there to be trusted by whoever changes the network next. One that was left behind by a
    change leads astray.

    ## Example

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(32, 5)(inputs)  # (None, 26, 26, 32)
    ```

    ## Use instead

    ```python
    import keras
    from keras import layers

    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(32, 5)(inputs)  # (None, 24, 24, 32)
    ```

    `kerascheck annotate` writes such comments and keeps them true.

    ## References

    - https://kerascheck.github.io/kerascheck/shapes/
    """

    code = "KC117"
    name = "wrong-shape-comment"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        source = program.source
        if source is None or not source.shape_comments or program.doubts:
            return
        rows = list(_rows(program, source))
        for row in rows:
            if row.is_right:
                continue
            severity = _severity(row, rows)
            if severity is None:
                continue
            layer, stated = row.call.node.layer, row.comment.text.lstrip("# ").rstrip()
            yield Finding(
                row.call.site,
                f"{layer.title} outputs {format_shape(row.shape)}, but the comment says {stated}",
                severity=severity,
            )

    VALID = [
        # with and without the batch axis, with names, with an arrow
        """
import keras
from keras import layers
x = inputs = keras.Input((28, 28, 1))  # (28, 28, 1)
x = layers.Conv2D(32, 3)(x)  # (None, 26, 26, 32)
x = layers.MaxPooling2D()(x)  # -> 13x13x32
x = layers.Flatten()(x)  # (batch, 5408)
model = keras.Model(inputs, layers.Dense(10)(x))  # [B, 10]
""",
        # the shape that goes in
        """
import keras
from keras import layers
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3),  # (28, 28, 1)
    layers.MaxPooling2D(),  # (26, 26, 32)
])
""",
        # the size of the kernel, with fewer axes
        """
import keras
from keras import layers
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3)(inputs)  # 3x3
""",
        # the size of the kernel and the filters, beside comments that are shapes
        """
import keras
from keras import layers
x = inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3)(x)  # 26x26x32
x = layers.MaxPooling2D()(x)  # 13x13x32
x = layers.Conv2D(64, 3)(x)  # 3x3x64
""",
        # channels first, as papers write it
        """
import keras
from keras import layers
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3)(inputs)  # 32x26x26
""",
        # sizes for another input than that of the call: no comment fits
        """
import keras
from keras import layers
def build(shape=(224, 224, 3)):
    inputs = keras.Input(shape)
    x = layers.Conv2D(8, 3, strides=2, padding="same")(inputs)  # (None, 112, 112, 8)
    x = layers.Conv2D(8, 3, strides=2, padding="same")(x)  # (None, 56, 56, 8)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))  # (None, 8)
model = build((32, 32, 3))
""",
        # the comment is right for one of the calls
        """
import keras
from keras import layers
def block(x):
    return layers.MaxPooling2D()(x)  # (None, 7, 7, 8)
x = block(keras.Input((14, 14, 8)))
y = block(x)
""",
        # what the row makes is something else than what the layer gives
        """
import keras
from keras import layers, ops
inputs = keras.Input((28, 8))
first = layers.LSTM(4, return_sequences=True)(inputs)[:, :3]  # (None, 3, 4)
mean = ops.mean(layers.LSTM(4, return_sequences=True)(inputs), axis=1)  # (None, 4)
""",
        # a text
        """
import keras
from keras import layers
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3)(inputs)  # halves (None, 14, 14, 32) later on
""",
        # a size that is not known
        """
import keras
from keras import layers
def build(units):
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(units)(inputs))  # (None, 10)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3)(inputs)  # (None, 26, 26, 32)
x = layers.Conv2D(32, 3)(x)  # (None, 24, 24, 32)
x = layers.Conv2D(64, 5)(x)  # (None, 22, 22, 64)
""",
            [(7, "'conv2d_2' (Conv2D) outputs (None, 20, 20, 64), but the comment says (None, 22, 22, 64)")],
        ),
        Invalid(
            """
import keras
from keras import layers
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(32, 3),  # 26x26x32
    layers.MaxPooling2D(),  # 13x13x32
    layers.Conv2D(64, 3),  # 12x12x64
])
""",
            [(8, "'conv2d_1' (Conv2D) outputs (None, 11, 11, 64), but the comment says 12x12x64")],
        ),
        Invalid(
            """
import keras
from keras import layers
inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 5)(inputs)  # (None, 26, 26, 32)
""",
            [(5, "'conv2d' (Conv2D) outputs (None, 24, 24, 32), but the comment says (None, 26, 26, 32)")],
        ),
        # what `kerascheck annotate` wrote before a change
        Invalid(
            """
import keras
from keras import layers
def build():
    inputs = keras.Input((4,))
    return keras.Model(inputs, layers.Dense(8)(inputs))
def head(x):
    return layers.Dense(5)(x)  # -> (None, 3), 27 params
model = head(build().output)
""",
            [(8, "'dense_1' (Dense) outputs (None, 5), but the comment says -> (None, 3), 27 params")],
        ),
    ]


def _rows(program: Program, source: Any) -> Iterator[_Row]:
    """The rows whose comment is about what they make, where that is known."""
    by_row = row_calls(program, source)
    for comment in source.shape_comments:
        calls = outermost(by_row.get(comment.row, ()))
        if not calls or not _is_about(source, comment, calls[0]):
            continue
        shapes = _shapes(calls)
        if shapes is None:
            continue
        is_right = any(fits(comment.sizes, shape) for shape in shapes)
        if not is_right and not comment.is_own and any(may_mean_other(comment.sizes, call.node) for call in calls):
            continue
        if is_right or (len(shapes) == 1 and _is_whole(comment, shapes[0])):
            yield _Row(comment, calls[0], shapes[0], is_right, _scope(source, comment.row))


def _is_about(source: Any, comment: ShapeComment, call: RowCall) -> bool:
    """Whether the expression is all that the row is about."""
    before = source.line(call.start.row)[: call.start.column - 1]
    column = source.position(comment.offset).column
    behind = source.line(comment.row)[call.end.column - 1 : column - 1]
    if comment.is_own:
        behind = behind.partition("#")[0]
    if not _LEAD.match(before) or not _TAIL.match(behind):
        return False
    name = before.partition("=")[0].strip()
    return comment.name is None or comment.name in (name, name.rpartition(".")[2])


def _shapes(calls: Sequence[RowCall]) -> list[Shape] | None:
    """The different shapes that the row makes; None where one of them is not known."""
    found: dict[Shape, None] = {}
    for call in calls:
        if len(call.node.outputs) != 1 or call.node.refused:
            return None
        shape = call.node.outputs[0].shape
        if isinstance(shape, Unknown):
            return None
        found[shape] = None
    return list(found)


def _is_whole(comment: ShapeComment, shape: Shape) -> bool:
    """Whether the comment has the axes of the shape, so that it can be nothing but wrong."""
    sizes = comment.sizes
    if any(isinstance(size, SymDim) for size in shape) or not is_exact(shape):
        return False
    if len(sizes) == len(shape):
        return not isinstance(sizes[0], int) or sizes[0] == shape[0]
    return len(sizes) == len(shape) - 1 and isinstance(sizes[0], int) and len(sizes) > 1


def _scope(source: Any, row: int) -> int:
    """The row of the innermost function around a row; 0 for none."""
    line = source.line(row)
    indent = len(line) - len(line.lstrip())
    for above in range(row - 1, 0, -1):
        found = _DEFINITION.match(source.line(above))
        if found is not None and len(found.group(1)) < indent:
            return above
    return 0


def _severity(row: _Row, rows: Sequence[_Row]) -> Severity | None:
    """How sure it is that the comment means the shape of its row; None: not enough."""
    if row.comment.is_own:
        return Severity.WARNING
    alike = [
        other
        for other in rows
        if other.is_right
        and other.scope == row.scope
        and other.is_full == row.is_full
        and len(other.shape) == len(row.shape)
        and other.comment.by_times == row.comment.by_times
    ]
    if len({other.comment.row for other in alike}) >= _CERTAIN:
        return Severity.WARNING
    if alike:
        return Severity.INFO
    is_spelled = row.is_full and row.comment.sizes[0] is None
    return Severity.INFO if is_spelled and row.scope == 0 and not _others_wrong(row, rows) else None


def _others_wrong(row: _Row, rows: Sequence[_Row]) -> bool:
    """Whether more comments of the module are wrong: then they are for another input."""
    return sum(not other.is_right and other.scope == row.scope for other in rows) > 1

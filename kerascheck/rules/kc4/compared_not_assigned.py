"""KC483: a switch of a layer is compared where it is meant to be set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Applicability, Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._shown import is_shown
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds

#: What programs set on layers, models and optimizers.
_SETTINGS = frozenset({"trainable", "supports_masking", "run_eagerly", "stateful", "learning_rate", "rate"})


class ComparedNotAssigned(Rule):
    """A switch of a layer is compared where it is meant to be set: `layer.trainable == False`.

    ## What it does

    Reports a comparison with `==` of `trainable`, `learning_rate` and the like that stands as a statement of its own.

    ## Why it is bad

    The comparison gives True or False, which nothing reads, and the layer stays as it is: weights that should be frozen
    are trained.

    ## Example

    ```python
    from keras import applications

    base = applications.VGG16(include_top=False)
    for layer in base.layers:
        layer.trainable == False
    ```

    ## Use instead

    ```python
    from keras import applications

    base = applications.VGG16(include_top=False)
    for layer in base.layers:
        layer.trainable = False
    ```

    ## References

    - [Keras: transfer learning](https://keras.io/guides/transfer_learning/)
    """

    code = "KC483"
    name = "compared-not-assigned"
    severity = Severity.WARNING
    fixable = "unsafe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not (program.networks or program.layers) or program.source is None:
            return
        for statement in _compared(program.source):
            comparison = cst.ensure_type(statement.value, cst.Comparison)
            left = cst.ensure_type(comparison.left, cst.Attribute)
            meant = cst.Assign([cst.AssignTarget(left)], comparison.comparisons[0].comparator)
            yield Finding(
                Site(program.source, comparison),
                f"this compares .{left.attr.value} and changes nothing; = sets it",
                Repair("Write =", (Replacement(statement, meant),), Applicability.UNSAFE),
            )

    VALID = [
        # set
        """
from keras import applications
base = applications.VGG16(include_top=False)
base.trainable = False
""",
        # asked
        """
from keras import applications
base = applications.VGG16(include_top=False)
assert base.trainable == True
frozen = base.trainable == False
if base.trainable == False:
    print([layer.trainable == False for layer in base.layers])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import applications
base = applications.VGG16(include_top=False)
base.trainable == False
for layer in base.layers[:-4]:
    layer.trainable == True
""",
            [
                (4, "this compares .trainable and changes nothing; = sets it"),
                (6, "this compares .trainable and changes nothing; = sets it"),
            ],
            """
from keras import applications
base = applications.VGG16(include_top=False)
base.trainable = False
for layer in base.layers[:-4]:
    layer.trainable = True
""",
        ),
    ]


@once_a_file
def _compared(source: Any) -> tuple[cst.Expr, ...]:
    """The statements that are such comparisons, but for the last of a cell, which a notebook shows."""
    return tuple(
        node
        for node in outline_of(source).below(source.tree, cst.Expr)
        if isinstance(node.value, cst.Comparison)
        and isinstance(node.value.left, cst.Attribute)
        and node.value.left.attr.value in _SETTINGS
        and len(node.value.comparisons) == 1
        and isinstance(node.value.comparisons[0].operator, cst.Equal)
        and not is_shown(Site(source, node))
    )

"""KC484: a loop over layers sets the switch of one and the same layer in each round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import names_of_target
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk

_SWITCHES = ("trainable", "supports_masking", "stateful")


class OtherLayerSet(Rule):
    """A loop over layers sets the switch of one and the same layer in each iteration.

    ## What it does

    Reports loops over `model.layers` whose body sets `trainable` of something that the loop does not change, and never
    reads the variable of the loop.

    ## Why it is bad

    The layers that the loop walks over stay as they are; one other layer, left over from earlier code, or the whole
    model is set again and again.

    ## Example

    ```python
    from keras import applications

    base = applications.VGG16(include_top=False)
    layer = base.layers[-1]
    for l in base.layers:
        layer.trainable = False
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

    code = "KC484"
    name = "other-layer-set"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if not (program.networks or program.layers) or program.source is None:
            return
        for target, variable in _set(program.source):
            name = cst.Module([]).code_for_node(target.value)
            yield Finding(
                Site(program.source, target),
                f"each iteration sets the same {name!r}; the loop variable is {variable!r}",
            )

    VALID = [
        # the variable of the loop
        """
from keras import applications
base = applications.VGG16(include_top=False)
for layer in base.layers:
    layer.trainable = False
""",
        # the number of the layer, or a part of it
        """
from keras import applications
base = applications.VGG16(include_top=False)
for number, layer in enumerate(base.layers):
    base.layers[number].trainable = number > 5
for layer in base.layers:
    inner = layer
    inner.trainable = False
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import applications
base = applications.VGG16(include_top=False)
layer = base.layers[-1]
for l in base.layers[:-4]:
    layer.trainable = False
""",
            [(6, "each iteration sets the same 'layer'; the loop variable is 'l'")],
        ),
    ]


@once_a_file
def _set(source: Any) -> tuple[tuple[cst.Attribute, str], ...]:
    """What is set in loops over layers that do not look at their variable, and that variable."""
    found = []
    for loop in outline_of(source).below(source.tree, cst.For):
        if not isinstance(loop.target, cst.Name) or not _over_layers(loop.iter):
            continue
        inside = list(walk(loop.body))
        bound = {loop.target.value}
        for node in inside:
            if isinstance(node, (cst.AssignTarget, cst.For, cst.NamedExpr)):
                bound.update(names_of_target(node.target))
        if any(isinstance(node, cst.Name) and node.value in bound for node in inside):
            continue
        found += [
            (node.target, loop.target.value)
            for node in inside
            if isinstance(node, cst.AssignTarget)
            and isinstance(node.target, cst.Attribute)
            and node.target.attr.value in _SWITCHES
            and isinstance(node.target.value, cst.Name)
        ]
    return tuple(found)


def _over_layers(node: cst.BaseExpression) -> bool:
    """Whether it is `something.layers`, or a part of it."""
    if isinstance(node, cst.Subscript):
        node = node.value
    return isinstance(node, cst.Attribute) and node.attr.value == "layers"

"""KC481: an attribute that Keras does not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._code import truth_of
from kerascheck.rules._mentions import mentions
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.spelling import is_slip

#: Switches of layers and models.
_SWITCHES = ("trainable", "supports_masking", "run_eagerly", "stateful")


class MisspeltAttribute(Rule):
    """A switch of a layer or model is misspelt: `layer.trainble = False`.

    ## What it does

    Reports an attribute that is set to True or False, that nothing in the file reads, and that is a letter away from
    `trainable`, `supports_masking`, `run_eagerly` or `stateful`.

    ## Why it is bad

    Python makes a new attribute, and Keras goes on with the old one: layers that should be frozen are trained, and
    pretrained weights are lost in the first steps.

    ## Example

    ```python
    from keras import applications

    base = applications.VGG16(include_top=False)
    for layer in base.layers:
        layer.trainble = False
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

    code = "KC481"
    name = "misspelt-attribute"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        if program.source is None or not (program.networks or program.layers):
            return
        for node, name, meant in _misspelt(program.source):
            yield Finding(Site(program.source, node), f"nothing reads .{name}; did you mean .{meant}?")

    VALID = [
        # as it is called
        """
from keras import applications
base = applications.VGG16(include_top=False)
base.trainable = False
""",
        # read by the program
        """
from keras import applications
base = applications.VGG16(include_top=False)
for layer in base.layers:
    layer.trainable_ = False
for layer in base.layers:
    if not layer.trainable_:
        layer.trainable = False
""",
        # no switch
        """
from keras import applications
base = applications.VGG16(include_top=False)
base.trained = False
base.state = True
base.trainable = base.trained
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import applications
base = applications.VGG16(include_top=False)
base.trainabel = False
for layer in base.layers[:-4]:
    layer.trainble = False
""",
            [
                (4, "nothing reads .trainabel; did you mean .trainable?"),
                (6, "nothing reads .trainble; did you mean .trainable?"),
            ],
        ),
    ]


@once_a_file
def _misspelt(source: Any) -> tuple[tuple[cst.CSTNode, str, str], ...]:
    """The targets of such assignments, each with its name and the one that is meant."""
    set_to: dict[str, list[cst.CSTNode]] = {}
    for node in outline_of(source).below(source.tree, cst.Assign):
        if truth_of(node.value) is None:
            continue
        for target in node.targets:
            if isinstance(target.target, cst.Attribute):
                set_to.setdefault(target.target.attr.value, []).append(target.target)
    return tuple(
        (node, name, meant)
        for name, nodes in set_to.items()
        for meant in _SWITCHES
        if is_slip(name, meant) and mentions(Site(source, source.tree), name) == len(nodes)
        for node in nodes
    )

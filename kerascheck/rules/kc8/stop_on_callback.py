"""KC848: a callback sets `stop_training` on itself."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import once_in_outline
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, methods, own_nodes, truth_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.outline import Outline

_NAME = "stop_training"


class StopOnCallback(Rule):
    """A callback sets `self.stop_training`, which belongs to the model.

    ## What it does

    Reports `self.stop_training = True` in a class that derives from `keras.callbacks.Callback`, where the program
    reads the attribute nowhere.

    ## Why it is bad

    `fit` asks the model, not its callbacks: the attribute of the callback is read by nobody, and the training goes on
    to its last epoch.

    ## Example

    ```python
    import keras

    class StopWhenGood(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["loss"] < 0.1:
                self.stop_training = True
    ```

    ## Use instead

    ```python
    import keras

    class StopWhenGood(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if logs["loss"] < 0.1:
                self.model.stop_training = True
    ```

    ## References

    - [Keras: writing your own callbacks](https://keras.io/guides/writing_your_own_callbacks/)
    """

    code = "KC848"
    name = "stop-on-callback"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            if not base_of(cls).startswith("keras.callbacks."):
                continue
            if _is_read(cls.site.file, cls.site.file.tree):
                continue
            for code in (Code(method, program.objects) for method in methods(cls)):
                for node in _set(code):
                    yield Finding(
                        code.site(node),
                        f"nobody reads the stop_training of {cls.name}, so fit goes on; set self.model.stop_training",
                    )

    VALID = [
        # the model is told
        """
import keras
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = True
""",
        # a flag of the callback that it reads itself
        """
import keras
class Stop(keras.callbacks.Callback):
    def on_batch_end(self, batch, logs=None):
        self.stop_training = True
    def on_epoch_end(self, epoch, logs=None):
        if self.stop_training:
            self.model.stop_training = True
""",
        # a flag that the program reads
        """
import keras
class Stop(keras.callbacks.Callback):
    stop_training = False
    def on_epoch_end(self, epoch, logs=None):
        self.stop_training = True
def train(model, x, y):
    stop = Stop()
    while not stop.stop_training:
        model.fit(x, y, callbacks=[stop])
""",
        # a model that stops itself
        """
import keras
class Net(keras.Model):
    def train_step(self, data):
        self.stop_training = True
        return {"loss": 0.0}
""",
        # its beginning
        """
import keras
class Stop(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.stop_training = False
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs.get("accuracy", 0) > 0.9:
            self.stop_training = True
""",
            [(6, "nobody reads the stop_training of Stop, so fit goes on; set self.model.stop_training")],
        ),
    ]


def _set(code: Code) -> Iterator[cst.Assign]:
    """`self.stop_training = True`."""
    for node in own_nodes(code.file, code.node.body, cst.Assign):
        is_true = len(node.targets) == 1 and truth_of(node.value) is True
        if is_true and code.is_own_attribute(node.targets[0].target) == _NAME:
            yield node


@once_in_outline
def _is_read(outline: Outline, tree: cst.CSTNode) -> bool:
    """Whether the file reads the attribute of anything but the model that Keras gives a callback."""
    stored = {id(target.target) for node in outline.below(tree, cst.Assign) for target in node.targets}
    return any(
        node.attr.value == _NAME and id(node) not in stored and not _is_model(node.value)
        for node in outline.below(tree, cst.Attribute)
    )


def _is_model(node: cst.CSTNode) -> bool:
    """Whether it is written as `self.model` is."""
    return isinstance(node, cst.Attribute) and node.attr.value == "model"

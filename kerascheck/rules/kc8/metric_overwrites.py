"""KC865: the state of a metric is overwritten with each batch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.machine.static import names_used
from kerascheck.network.program import Program
from kerascheck.rules._code import Code, base_of, classes_of, own_method, own_nodes, parameter_names
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds


class MetricOverwrites(Rule):
    """`update_state` of a metric assigns the values of the batch, and accumulates nothing.

    ## What it does

    Reports metrics of the program whose `update_state` sets each of its variables by `assign` to something computed
    from the batch alone.

    ## Why it is bad

    Keras calls `update_state` for each batch and `result` at the end of the epoch: the figure is that of the last
    batch, which is often the smallest one.

    ## Example

    ```python
    import keras

    class Hits(keras.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign(keras.ops.sum(y_true * y_pred))

        def result(self):
            return self.total
    ```

    ## Use instead

    ```python
    import keras

    class Hits(keras.metrics.Metric):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.total.assign_add(keras.ops.sum(y_true * y_pred))

        def result(self):
            return self.total
    ```

    ## References

    - [Keras: custom metrics](https://keras.io/api/metrics/#creating-custom-metrics)
    """

    code = "KC865"
    name = "metric-overwrites"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for cls in classes_of(program):
            update = own_method(cls, "update_state") if base_of(cls) == "keras.metrics.Metric" else None
            if update is None or update.decorated or len(parameter_names(update)[0]) < 2:
                continue
            code = Code(update, program.objects)
            calls = list(own_nodes(code.file, code.node.body, cst.Call))
            if any(isinstance(call.func, cst.Name) and call.func.value == "super" for call in calls):
                continue
            changes = [(call, name) for call in calls if (name := _changed(code, call)) is not None]
            if changes and all(_overwrites(code, call, name) for call, name in changes):
                call, name = changes[0]
                yield Finding(
                    code.site(call),
                    f"each batch overwrites {cls.name}.{name}, so the metric is that of the last batch alone; use "
                    "assign_add",
                )

    VALID = [
        # added up
        """
import keras
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.last = self.add_weight(name="last", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        hits = keras.ops.sum(y_true * y_pred)
        self.total.assign_add(hits)
        self.last.assign(hits)
""",
        # what is assigned hangs on what was there
        """
import keras
class Largest(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.top = self.add_weight(name="top", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.top.assign(keras.ops.maximum(self.top, keras.ops.max(y_pred)))
        before = self.total
        self.total.assign(before + keras.ops.sum(y_pred))
""",
        # no batch is asked
        """
import keras
class Rate(keras.metrics.Metric):
    def __init__(self, optimizer, **kwargs):
        super().__init__(**kwargs)
        self.optimizer = optimizer
        self.rate = self.add_weight(name="rate", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.rate.assign(self.optimizer.learning_rate)
""",
        # other metrics keep the state
        """
import keras
class Both(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = keras.metrics.Precision()
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.inner.update_state(y_true, y_pred)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
class Hits(keras.metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_weight(name="count", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        same = keras.ops.cast(keras.ops.equal(y_true, keras.ops.round(y_pred)), "float32")
        self.total.assign(keras.ops.sum(same))
        self.count.assign(keras.ops.cast(keras.ops.size(same), "float32"))
""",
            [(10, "each batch overwrites Hits.total, so the metric is that of the last batch alone; use assign_add")],
        ),
    ]


def _changed(code: Code, call: cst.Call) -> str | None:
    """The own variable that the call changes: `self.total.assign(...)`, `self.inner.update_state(...)`."""
    if not isinstance(call.func, cst.Attribute) or not call.func.attr.value.startswith(("assign", "update")):
        return None
    base: cst.CSTNode = call.func.value
    while isinstance(base, cst.Subscript):
        base = base.value
    return code.is_own_attribute(base)


def _overwrites(code: Code, call: cst.Call, name: str) -> bool:
    """Whether the call assigns something of the batch, and nothing of what the object holds."""
    assert isinstance(call.func, cst.Attribute)
    if call.func.attr.value != "assign" or len(call.args) != 1:
        return False
    known = set(parameter_names(code.function)[0])
    for node in own_nodes(code.file, code.node.body, cst.Assign):
        used = names_used(code.file, node.value)
        if code.self_name in used and _reads_own(code, node.value):
            return False  # a name may stand for what the object holds
        if not known.isdisjoint(used):
            known |= {target.target.value for target in node.targets if isinstance(target.target, cst.Name)}
    value = call.args[0].value
    return not known.isdisjoint(names_used(code.file, value)) and not _reads_own(code, value)


def _reads_own(code: Code, node: cst.CSTNode) -> bool:
    """Whether the expression reads an attribute of the object that may be its state."""
    if code.is_own_attribute(node) is not None:
        return True
    return any(code.is_own_attribute(one) is not None for one in own_nodes(code.file, node, cst.Attribute))

"""KC309: Precision, recall or F1 is computed by a function of the program, batch by batch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Severity
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.training.compiled_losses import metrics_of

_NAME = re.compile(
    r"^(?:get_|custom_|my_|keras_|K_)?"
    r"(?P<what>precision|recall|f1|f_?1_?score|f_?beta|f_?beta_?score|f_?score|f_?measure)"
    r"(?:_m|_metric|_metrics|_score|_K|_keras|_micro|_macro)?$",
    re.IGNORECASE,
)


class HandMadeMetric(Rule):
    """Precision, recall or F1 is computed by a function of the program, batch by batch.

    ## What it does

    Finds functions of the program named `precision`, `recall`, `f1`, `f1_score`, `fmeasure`, `fbeta_score` and the like
    (`f1_m`, `get_f1`, `f1_metric`) among the metrics given to `compile`.

    ## Why it is bad

    Keras calls such a function on each batch and shows the mean of the results. The mean of the batches' precisions is
    not the precision of the epoch, and a batch without positives counts as 0 (or as NaN). Keras removed its own
    functions of these names in version 2.0 for this reason; its metric classes count over the whole epoch.

    ## Example

    ```python
    from keras import Sequential, layers, ops

    def precision(y_true, y_pred):
        hits = ops.sum(ops.round(y_true * y_pred))
        return hits / (ops.sum(ops.round(y_pred)) + 1e-7)

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=[precision])
    ```

    ## Use instead

    ```python
    import keras
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=[keras.metrics.Precision()])
    ```

    ## References

    - [Keras 2.0 release notes](https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes)
    - [Keras: classification metrics](https://keras.io/api/metrics/classification_metrics/)
    """

    code = "KC309"
    name = "hand-made-metric"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.compiles:
            found: dict[tuple[int, int], tuple[Site, list[tuple[str, str]]]] = {}
            for metric, site in metrics_of(call):
                name = _own_function(metric)
                builtin = _builtin_for(name) if name is not None else None
                if name is not None and builtin is not None:
                    found.setdefault(site.key, (site, []))[1].append((name, builtin))
            for site, metrics in found.values():
                yield Finding(site, _averaged(dict(metrics)), anchor=call.site)

    VALID = [
        # the classes of Keras
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=[keras.metrics.Precision(), keras.metrics.Recall()])
""",
        # their names
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["precision", "recall", "f1_score"])
""",
        # a mean over batches is right for other things
        """
from keras import Sequential, layers, ops
def mean_pred(y_true, y_pred):
    return ops.mean(y_pred)
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=[mean_pred])
""",
        # a metric class of the program that keeps its counts
        """
import keras
from keras import Sequential, layers
class F1(keras.metrics.Metric):
    pass
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=[F1()])
""",
        # used after training, on all the data
        """
from sklearn.metrics import f1_score
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy")
print(f1_score([0, 1], [1, 1]))
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers, ops
def precision(y_true, y_pred):
    return ops.sum(y_true * y_pred) / ops.sum(y_pred)
def recall_m(y_true, y_pred):
    return ops.sum(y_true * y_pred) / ops.sum(y_true)
def f1(y_true, y_pred):
    p, r = precision(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * p * r / (p + r)
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy", precision, recall_m, f1])
""",
            [
                (
                    11,
                    "metric 'f1' is averaged over batches, which is not the value over the epoch; "
                    "use keras.metrics.F1Score()",
                ),
                (
                    11,
                    "metric 'precision' is averaged over batches, which is not the value over the epoch; "
                    "use keras.metrics.Precision()",
                ),
                (
                    11,
                    "metric 'recall_m' is averaged over batches, which is not the value over the epoch; "
                    "use keras.metrics.Recall()",
                ),
            ],
        ),
        # the list is made elsewhere
        Invalid(
            """
from keras import Sequential, layers, ops
def precision(y_true, y_pred):
    return ops.sum(y_true * y_pred) / ops.sum(y_pred)
def get_f1(y_true, y_pred):
    return precision(y_true, y_pred)
metrics = ["accuracy", precision, get_f1]
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(
    loss="binary_crossentropy",
    metrics=metrics,
)
""",
            [
                (
                    11,
                    "metrics 'precision', 'get_f1' are averaged over batches, which is not the value over the epoch; "
                    "use keras.metrics.Precision(), keras.metrics.F1Score()",
                )
            ],
        ),
    ]


def _averaged(metrics: dict[str, str]) -> str:
    names = ", ".join(map(repr, metrics))
    builtins = ", ".join(f"keras.metrics.{b}()" for b in dict.fromkeys(metrics.values()))
    what = f"metric {names} is" if len(metrics) == 1 else f"metrics {names} are"
    return f"{what} averaged over batches, which is not the value over the epoch; use {builtins}"


def _own_function(metric: Any) -> str | None:
    """The name of a function that the program defines; lambdas have none."""
    name = getattr(metric, "name", None)
    return name if isinstance(name, str) and isinstance(getattr(metric, "node", None), cst.FunctionDef) else None


def _builtin_for(name: str) -> str | None:
    match = _NAME.match(name)
    if match is None:
        return None
    what = match.group("what").lower().replace("_", "")
    if what in ("precision", "recall"):
        return what.capitalize()
    return "FBetaScore" if "beta" in what else "F1Score"

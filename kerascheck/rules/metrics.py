"""KC308, KC309 and KC501: metrics that mean nothing for the loss, are averaged wrongly, or are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.diagnostics import Applicability, Severity
from kerascheck.network.ir import Program, Site
from kerascheck.rules._gone import severity_of
from kerascheck.rules._graph import registers_names
from kerascheck.rules._outputs import describe
from kerascheck.rules._training import judged_compiles
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.training.compiled_losses import REGRESSION, losses_by_output, metrics_of


class AccuracyOfRegression(Rule):
    """Accuracy is measured on a regression.

    ## What it does

    Reports the metric `"accuracy"` on a network whose single output unit has no activation and whose loss is a distance
    (mean squared error, mean absolute error and the like).

    ## Why it is bad

    Accuracy is the share of right classes. On a real number Keras counts how often it lies on the same side of 0.5 as
    the label: the figure says nothing about a regression, and looks like a network that does not learn. (For classes 0
    and 1 the figure is right; sigmoid with `binary_crossentropy` then is the better way.)

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1)])
    model.compile(loss="mse", metrics=["accuracy"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1)])
    model.compile(loss="mse", metrics=["mae"])
    ```

    ## References

    - [Keras: regression metrics](https://keras.io/api/metrics/regression_metrics/)
    """

    code = "KC308"
    name = "accuracy-of-regression"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in judged_compiles(program):
            if call.network.open is not None or len(call.outputs) != 1:
                continue
            place = next((site for metric, site in metrics_of(call) if _is_accuracy(metric)), None)
            if place is None:
                continue
            for target in losses_by_output(call):
                output = describe(target.tensor)
                if (
                    target.loss is not None
                    and target.loss.name in REGRESSION
                    and output.units == 1
                    and output.activation in ("linear", "relu")
                ):
                    yield Finding(
                        place,
                        f"accuracy under {target.loss.name} only asks on which side of 0.5 the output lies; "
                        'for a regression use "mae" or keras.metrics.R2Score()',
                        anchor=call.site,
                    )

    VALID = [
        # a classification
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])
""",
        # a classification with squared errors: not common, but sound
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="mse", metrics=["accuracy"])
""",
        # one-hot classes by least squares: the largest output wins
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(10)])
model.compile(loss="mse", metrics=["accuracy"])
""",
        # a regression metric
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse", metrics=["mae"])
""",
        # a threshold that is meant
        """
import keras
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse", metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
""",
        # the metrics belong to several outputs
        """
from keras import Input, Model, layers
x = Input((20,))
model = Model(x, [layers.Dense(1, name="size")(x), layers.Dense(3, activation="softmax", name="kind")(x)])
model.compile(loss=["mse", "categorical_crossentropy"], metrics={"kind": ["accuracy"]})
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1)])
model.compile(loss="mse", metrics=["accuracy"])
""",
            [
                (
                    4,
                    "accuracy under mean_squared_error only asks on which side of 0.5 the output lies; "
                    'for a regression use "mae" or keras.metrics.R2Score()',
                )
            ],
        ),
    ]


def _is_accuracy(metric: Any) -> bool:
    return isinstance(metric, str) and metric in ("accuracy", "acc")


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
                    "metric f1 is averaged over batches, which is not the figure of the epoch; "
                    "use keras.metrics.F1Score()",
                ),
                (
                    11,
                    "metric precision is averaged over batches, which is not the figure of the epoch; "
                    "use keras.metrics.Precision()",
                ),
                (
                    11,
                    "metric recall_m is averaged over batches, which is not the figure of the epoch; "
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
                    "metrics precision, get_f1 are averaged over batches, which is not the figure of the epoch; "
                    "use keras.metrics.Precision(), keras.metrics.F1Score()",
                )
            ],
        ),
    ]


def _averaged(metrics: dict[str, str]) -> str:
    names, builtins = ", ".join(metrics), ", ".join(f"keras.metrics.{b}()" for b in dict.fromkeys(metrics.values()))
    what = f"metric {names} is" if len(metrics) == 1 else f"metrics {names} are"
    return f"{what} averaged over batches, which is not the figure of the epoch; use {builtins}"


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


#: What Keras 1 had in `keras.metrics` and as metric names, and what stands for it now. None: nothing does.
_REMOVED = {
    "fmeasure": "f1_score",
    "fbeta_score": None,
    "matthews_correlation": None,
}


class RemovedMetric(Rule):
    """A metric is used that Keras removed in version 2.0.

    ## What it does

    Finds the metric names `"fmeasure"`, `"fbeta_score"` and `"matthews_correlation"` in calls of `compile`. (The names
    `"precision"` and `"recall"` exist again in Keras 3 and mean its classes. The functions of `keras.metrics` are found
    where they are imported: KC502.)

    ## Why it is bad

    `fit` raises ValueError. These functions averaged over batches, so their figures were wrong.

    ## Example

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["fmeasure"])
    ```

    ## Use instead

    ```python
    from keras import Sequential, layers

    model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["f1_score"])
    ```

    ## References

    - [Keras 2.0 release notes](https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes)
    - [Keras: F1Score](https://keras.io/api/metrics/classification_metrics/#f1score-class)
    """

    code = "KC501"
    name = "removed-metric"
    severity = Severity.ERROR
    fixable = "unsafe"

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.compiles:
            severity = severity_of(call.site.file)
            if severity is None:
                continue
            for metric, site in metrics_of(call):
                if isinstance(metric, str) and metric in _REMOVED and not registers_names(site):
                    new = _REMOVED[metric]
                    advice = f'use "{new}"' if new else "use a class of keras.metrics"
                    yield Finding(
                        site,
                        f'metric "{metric}" was removed in Keras 2.0; {advice}',
                        _rename(site, metric, new) if new else None,
                        anchor=call.site,
                        severity=severity,
                    )

    VALID = [
        # the names of today
        """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["f1_score", "precision", "recall", "auc"])
""",
        # classes
        """
from keras.metrics import Precision
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=[Precision()])
""",
        # a function of the program
        """
from keras import Sequential, layers, ops
def matthews_correlation(y_true, y_pred):
    return ops.mean(y_pred)
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=[matthews_correlation])
""",
        # the program registers the name
        """
import keras
from keras import Sequential, layers, ops
def fmeasure(y_true, y_pred):
    return ops.mean(y_pred)
keras.utils.get_custom_objects()["fmeasure"] = fmeasure
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["fmeasure"])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy", "fmeasure"])
""",
            [(4, 'metric "fmeasure" was removed in Keras 2.0; use "f1_score"')],
            fixed="""
from keras import Sequential, layers
model = Sequential([layers.Input((20,)), layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy", "f1_score"])
""",
        ),
    ]


def _rename(site: Site, old: str, new: str) -> Repair | None:
    """Write another name, where the old one stands there as a plain string."""
    value = site.node
    if not isinstance(value, cst.SimpleString) or value.prefix or value.raw_value != old:
        return None
    replacement = Replacement(value, cst.SimpleString(f"{value.quote}{new}{value.quote}"))
    return Repair(f'Write "{new}"', (replacement,), Applicability.UNSAFE)

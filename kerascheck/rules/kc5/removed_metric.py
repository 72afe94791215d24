"""KC501: A metric is used that Keras removed in version 2.0."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.diagnostics import Applicability, Severity
from kerascheck.network.ir import Site
from kerascheck.network.program import Program
from kerascheck.rules._gone import severity_of
from kerascheck.rules._registered import registers_names
from kerascheck.rules.base import Finding, Invalid, Repair, Replacement, Rule, Thresholds
from kerascheck.training.compiled_losses import metrics_of

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
                if isinstance(metric, str) and metric in _REMOVED and not registers_names(site, metric):
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

"""Functions and classes of scikit-learn. Source: https://scikit-learn.org/stable/api/

The families have modules of their own; here stand what is left and the whole tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from kerascheck.data import sklearn_datasets, sklearn_encoders, sklearn_splitting, sklearn_transformers
from kerascheck.data.objects import Method, make_object
from kerascheck.data.refusals import refuses
from kerascheck.data.registry import Function
from kerascheck.data.samples import count_of, prepared
from kerascheck.data.values import as_array, fresh_size, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

#: Functions that compare labels with predictions that have become classes.
_DECISIONS = (
    "accuracy_score", "balanced_accuracy_score", "classification_report", "cohen_kappa_score", "confusion_matrix",
    "f1_score", "fbeta_score", "hamming_loss", "jaccard_score", "matthews_corrcoef", "multilabel_confusion_matrix",
    "precision_recall_fscore_support", "precision_score", "recall_score", "zero_one_loss",
)  # fmt: skip


#: Functions that compare numbers with predicted ones.
_DISTANCES = (
    "explained_variance_score", "max_error", "mean_absolute_error", "mean_absolute_percentage_error",
    "mean_squared_error", "median_absolute_error", "r2_score", "root_mean_squared_error",
)  # fmt: skip


#: Functions that judge the scores of classes.
_SCORES = ("average_precision_score", "precision_recall_curve", "roc_auc_score", "roc_curve")


def _scored(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`roc_auc_score(y_true, y_score)` and its kin."""
    values = [arguments.value("y_true", 0), arguments.value("y_score", 1)]
    prepared(run, "score", name, values, site, arguments)
    return run.fresh(f"the result of {name}", site.node)


def _measured(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`mean_absolute_error(y_true, y_pred)` and its kin."""
    values = [arguments.value("y_true", 0), arguments.value("y_pred", 1)]
    prepared(run, "measure", name, values, site, arguments)
    return run.fresh(f"the result of {name}", site.node)


def _compared(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`accuracy_score(y_true, y_pred)` and its kin."""
    values = [arguments.value("y_true", 0), arguments.value("y_pred", 1)]
    prepared(run, "decode", name, values, site, arguments)
    if name.endswith(".classification_report") and (message := _too_few_names(run, values[0], arguments)) is not None:
        return refuses(run, "ValueError", message, site)
    return run.fresh(f"the result of {name}", site.node)


def _too_few_names(run: Run, true: Value, arguments: Arguments) -> str | None:
    """Why `target_names` do not fit: there are more classes among the labels alone."""
    names = items_of(run, arguments.value("target_names", 3))
    array = as_array(run, true)
    if isinstance(names, Unknown) or array is None or array.ndim != 1 or arguments.value("labels", 2) is not None:
        return None
    values = array.content.values
    if values is None or len(values) <= len(names) or arguments.open_keywords:
        return None
    return f"the labels have {len(values)} classes, and target_names has {len(names)} names"


def _class_weights(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`compute_class_weight(class_weight, classes=, y=)`: one number for each class."""
    count = count_of(run, arguments.value("classes", 1))
    if count is None:
        count = fresh_size(run, "?.shape[0]", site)
    return new_array(run, (count,), "float64")


def _sample_weights(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`compute_sample_weight(class_weight, y)`: one number for each sample."""
    value = arguments.value("y", 1)
    array, count = as_array(run, value), count_of(run, value)
    if count is None:
        count = fresh_size(run, "?.shape[0]", site)
    return new_array(run, (count,), "float64", rows=array.rows if array is not None else None)


FUNCTIONS: dict[str, Function] = {
    **sklearn_datasets.FUNCTIONS,
    **sklearn_splitting.FUNCTIONS,
    **sklearn_transformers.FUNCTIONS,
    **sklearn_encoders.FUNCTIONS,
    **{f"sklearn.metrics.{name}": _compared for name in _DECISIONS},
    **{f"sklearn.metrics.{name}": _measured for name in _DISTANCES},
    **{f"sklearn.metrics.{name}": _scored for name in _SCORES},
    "sklearn.utils.class_weight.compute_class_weight": _class_weights,
    "sklearn.utils.class_weight.compute_sample_weight": _sample_weights,
    "sklearn.utils.compute_class_weight": _class_weights,
}

#: For each class its methods by name.
OBJECTS: dict[str, Mapping[str, Method]] = {
    **sklearn_splitting.OBJECTS,
    **sklearn_transformers.OBJECTS,
    **sklearn_encoders.OBJECTS,
}

#: Modules that older versions had, or that are not for import.
_INNER = {
    "preprocessing": ("data", "_data", "label", "_label", "_encoders", "imputation"),
    "decomposition": ("_pca", "pca"),
    "model_selection": ("_split",),
}


def _add_old_names() -> None:
    for qualname in list(OBJECTS):
        _, package, *rest = qualname.split(".")
        for module in _INNER.get(package, ()):
            FUNCTIONS[f"sklearn.{package}.{module}.{rest[-1]}"] = _renamed(qualname)


def _renamed(qualname: str) -> Function:
    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        return make_object(run, qualname, arguments, site)

    return call


_add_old_names()

"""Samplers of imbalanced-learn: `RandomOverSampler().fit_resample(X, y)` and their kin.

Source: https://imbalanced-learn.org/stable/references/
"""

from __future__ import annotations

from collections.abc import Mapping

from kerascheck.data.content import OVERSAMPLED
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.registry import Function
from kerascheck.data.samples import prepared, some_rows
from kerascheck.data.values import fresh_key
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site

#: What adds samples that are copies of others, or lie between them, by module.
_OVER = {
    "over_sampling": (
        "RandomOverSampler", "SMOTE", "SMOTENC", "SMOTEN", "ADASYN", "BorderlineSMOTE", "KMeansSMOTE", "SVMSMOTE",
    ),
    "combine": ("SMOTEENN", "SMOTETomek"),
}  # fmt: skip
#: What leaves samples out.
_UNDER = {
    "under_sampling": (
        "RandomUnderSampler", "NearMiss", "TomekLinks", "ClusterCentroids", "EditedNearestNeighbours",
        "CondensedNearestNeighbour", "OneSidedSelection", "NeighbourhoodCleaningRule", "AllKNN",
    ),
}  # fmt: skip


def _resampled(part: str) -> Method:
    def fit_resample(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
        x, y = arguments.value("X", 0), arguments.value("y", 1)
        if part == OVERSAMPLED:
            prepared(run, "resample", thing.qualname, [x, y], site, arguments)
        key = fresh_key(run, site)
        count = SymDim.named("?.shape[0]", ("resampled", key))
        return tuple(some_rows(run, value, count, part, None, site, key) for value in (x, y))

    return fit_resample


def _methods(part: str) -> Mapping[str, Method]:
    return {name: _resampled(part) for name in ("fit_resample", "fit_sample")}


_CLASSES = [
    (f"imblearn.{module}.{name}", part)
    for table, part in ((_OVER, OVERSAMPLED), (_UNDER, "undersampled"))
    for module, names in table.items()
    for name in names
]

FUNCTIONS: dict[str, Function] = {name: make_object for name, _ in _CLASSES}

OBJECTS: dict[str, Mapping[str, Method]] = {name: _methods(part) for name, part in _CLASSES}

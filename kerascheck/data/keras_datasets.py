"""`keras.datasets`: the true shapes, dtypes, ranges and numbers of classes.

Source: the docstrings in keras/src/datasets (Keras 3.15). To add one: a row in `_DATASETS`.
"""

from __future__ import annotations

from typing import NamedTuple

from kerascheck.data.array import Array
from kerascheck.data.content import Content, Rows
from kerascheck.data.registry import Function
from kerascheck.data.values import fresh_key, new_array
from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Site


class _DataSet(NamedTuple):
    """Samples to train and to test with, the shape and dtype of one, and of one label."""

    train: int
    test: int
    features: Shape
    dtype: str
    high: float
    labels: Shape
    classes: int
    label_dtype: str


_DATASETS = {
    "mnist": _DataSet(60_000, 10_000, (28, 28), "uint8", 255, (), 10, "uint8"),
    "fashion_mnist": _DataSet(60_000, 10_000, (28, 28), "uint8", 255, (), 10, "uint8"),
    "cifar10": _DataSet(50_000, 10_000, (32, 32, 3), "uint8", 255, (1,), 10, "uint8"),
    "cifar100": _DataSet(50_000, 10_000, (32, 32, 3), "uint8", 255, (1,), 100, "int64"),
}


def _images(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    facts = _DATASETS[name.split(".")[2]]
    classes = facts.classes
    if name.split(".")[2] == "cifar100" and arguments.value("label_mode", 0, "fine") != "fine":
        classes = 20
    source = fresh_key(run, site)

    def part(count: int, which: str) -> tuple[Array, Array]:
        rows = Rows(source, which, "shuffled")
        pixels = Content(0, facts.high, True, tags=frozenset({"pixels", "dataset"}))
        labels = Content(0, classes - 1, True, frozenset(range(classes)), tags=frozenset({"dataset"}))
        return (
            new_array(run, (count, *facts.features), facts.dtype, content=pixels, rows=rows),
            new_array(run, (count, *facts.labels), facts.label_dtype, content=labels, rows=rows),
        )

    return (part(facts.train, "train"), part(facts.test, "test"))


FUNCTIONS: dict[str, Function] = {f"keras.datasets.{name}.load_data": _images for name in _DATASETS}

"""`keras.datasets`: the true shapes, dtypes, ranges and numbers of classes.

Source: keras/src/datasets (Keras 3.15) and what its docstrings say. To add one: a row in one of the tables.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kerascheck.data.array import Array
from kerascheck.data.content import Content, Rows
from kerascheck.data.registry import Function
from kerascheck.data.samples import is_real, unknown_of_length
from kerascheck.data.values import fresh_key, fresh_size, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim, Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def _labels(classes: int, surely: bool = True) -> Content:
    """Labels of that many classes, all of which occur."""
    values = frozenset(range(classes)) if surely else None
    return Content(0, classes - 1, surely, values, tags=frozenset({"dataset"}))


# -- images -------------------------------------------------------------------------------------------------------


class _Images(NamedTuple):
    """Samples to train and to test with, the shape of one image and of one label."""

    train: int
    test: int
    image: Shape
    label: Shape
    classes: int
    label_dtype: str = "uint8"


_IMAGES = {
    "mnist": _Images(60_000, 10_000, (28, 28), (), 10),
    "fashion_mnist": _Images(60_000, 10_000, (28, 28), (), 10),
    "cifar10": _Images(50_000, 10_000, (32, 32, 3), (1,), 10),
    "cifar100": _Images(50_000, 10_000, (32, 32, 3), (1,), 100, "int64"),
}


def _images(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    which = name.split(".")[2]
    facts = _IMAGES[which]
    classes, image = facts.classes, facts.image
    if which == "cifar100":
        mode = arguments.value("label_mode", 0, "fine")
        if mode not in ("fine", "coarse"):
            return run.fresh(f"{name} with a mode that is not known", site.node)
        classes = 100 if mode == "fine" else 20
    if len(image) == 3 and run.image_data_format != "channels_last":
        if run.image_data_format != "channels_first":
            return run.fresh("images whose axes are in an order that is not known", site.node)
        image = (image[2], *image[:2])
    source = fresh_key(run, site)

    def part(count: int, which: str) -> tuple[Array, Array]:
        rows = Rows(source, which, "shuffled")
        pixels = Content(0, 255, True, tags=frozenset({"pixels", "dataset"}))
        return (
            new_array(run, (count, *image), "uint8", content=pixels, rows=rows),
            new_array(run, (count, *facts.label), facts.label_dtype, content=_labels(classes), rows=rows),
        )

    return (part(facts.train, "train"), part(facts.test, "test"))


# -- texts --------------------------------------------------------------------------------------------------------


class _Texts(NamedTuple):
    """Sequences of word numbers; `train` is None where an argument decides how many are for training."""

    samples: int
    train: int | None
    classes: int
    words: int  # in the index
    parameters: tuple[str, ...]


_TEXTS = {
    "imdb": _Texts(
        50_000, 25_000, 2, 88_584,
        ("path", "num_words", "skip_top", "maxlen", "seed", "start_char", "oov_char", "index_from"),
    ),
    "reuters": _Texts(
        11_228, None, 46, 30_979,
        ("path", "num_words", "skip_top", "maxlen", "test_split", "seed", "start_char", "oov_char", "index_from"),
    ),
}  # fmt: skip

#: Word numbers so common that they surely occur in both parts.
_COMMON_WORDS = 20_000

_DEFAULTS = {"start_char": 1, "oov_char": 2, "index_from": 3, "test_split": 0.2, "seed": 113, "skip_top": 0}


def _texts(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """Vectors of lists: one list of word numbers for each text."""
    which = name.split(".")[2]
    facts = _TEXTS[which]
    given = {word: arguments.value(word, at, _DEFAULTS.get(word)) for at, word in enumerate(facts.parameters)}
    if given["num_words"] is None:
        given["num_words"] = arguments.value("nb_words")  # Keras 1
    counts = _text_counts(run, facts, given, site)
    words = _word_numbers(given)
    plain = all(given[key] == _DEFAULTS[key] for key in ("test_split", "seed") if key in given)
    source = fresh_key(run, site)

    def part(count: Dim, which: str, surely: bool) -> tuple[Array, Array]:
        rows = Rows(source, which, "shuffled")
        labels = _labels(facts.classes, surely and given["maxlen"] is None)
        return (
            new_array(run, (count,), "object", content=words.copy(), rows=rows),
            new_array(run, (count,), "int64", content=labels, rows=rows),
        )

    return (part(counts[0], "train", plain), part(counts[1], "test", plain))


def _text_counts(run: Run, facts: _Texts, given: dict[str, Any], site: Site) -> tuple[Dim, Dim]:
    split: Any = given.get("test_split")
    if given["maxlen"] is None and facts.train is not None:
        return facts.train, facts.samples - facts.train
    if given["maxlen"] is None and is_real(split):
        train = int(facts.samples * (1 - split))
        return train, facts.samples - train
    return fresh_size(run, "?.shape[0]", site), fresh_size(run, "?.shape[0]", site)


def _word_numbers(given: dict[str, Any]) -> Content:
    """The bounds of the numbers in the lists."""
    start, unknown, offset = given["start_char"], given["oov_char"], given["index_from"]
    count, tags = given["num_words"], frozenset({"dataset"})
    if not all(value is None or isinstance(value, int) for value in (start, unknown, offset)):
        return Content(tags=tags)
    low = min(value for value in (start, unknown, (offset or 0) + 1) if value is not None)
    if not isinstance(count, int) or count < 1:
        return Content(low, tags=tags)
    common = all(given[key] == _DEFAULTS[key] for key in ("start_char", "oov_char", "index_from", "skip_top"))
    surely = common and given["maxlen"] is None and 10 <= count <= _COMMON_WORDS
    return Content(low, max(count - 1, unknown or 0), surely, tags=tags)


def _word_index(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    facts = _TEXTS[name.split(".")[2]]
    return unknown_of_length("the index of words", fresh_key(run, site), facts.words, "get_word_index()")


def _label_names(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return unknown_of_length("the names of topics", fresh_key(run, site), 46, "get_label_names()")


# -- houses -------------------------------------------------------------------------------------------------------


class _Houses(NamedTuple):
    samples: int
    columns: int
    low: float
    high: float
    prices: tuple[float, float]
    dtype: str | Unknown
    at_split: int  # the position of `test_split`


_HOUSES = {
    "boston_housing": _Houses(506, 13, 0.0, 711.0, (5.0, 50.0), "float64", 1),
    "california_housing": _Houses(
        20_640, 8, -124.35, 35_682.0, (14_999.0, 500_001.0), Unknown("floats of a width that is not known"), 2
    ),
}


def _houses(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    which = name.split(".")[2]
    facts = _HOUSES[which]
    samples, surely = facts.samples, True
    if which == "california_housing":
        version = arguments.value("version", 0, "large")
        if version not in ("large", "small"):
            return run.fresh(f"{name} of a version that is not known", site.node)
        samples, surely = (samples, True) if version == "large" else (600, False)
    split = arguments.value("test_split", facts.at_split, 0.2)
    if not is_real(split):
        return run.fresh(f"{name} divided in a way that is not known", site.node)
    train = int(samples * (1 - split))
    source = fresh_key(run, site)

    def part(count: int, which: str) -> tuple[Array, Array]:
        rows, tags = Rows(source, which, "shuffled"), frozenset({"dataset"})
        features = Content(facts.low, facts.high, surely, tags=tags)
        prices = Content(*facts.prices, surely, tags=tags)
        return (
            new_array(run, (count, facts.columns), facts.dtype, content=features, rows=rows),
            new_array(run, (count,), facts.dtype, content=prices, rows=rows),
        )

    return (part(train, "train"), part(samples - train, "test"))


FUNCTIONS: dict[str, Function] = {
    **{f"keras.datasets.{name}.load_data": _images for name in _IMAGES},
    **{f"keras.datasets.{name}.load_data": _texts for name in _TEXTS},
    **{f"keras.datasets.{name}.load_data": _houses for name in _HOUSES},
    **{f"keras.datasets.{name}.get_word_index": _word_index for name in _TEXTS},
    "keras.datasets.reuters.get_label_names": _label_names,
}

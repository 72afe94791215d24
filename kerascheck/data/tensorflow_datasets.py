"""`tensorflow_datasets.load`: what is in well-known data sets.

Source: https://www.tensorflow.org/datasets/catalog/overview. To add one: a row in `_DATASETS`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kerascheck.data.array import Array
from kerascheck.data.content import Content
from kerascheck.data.elements import map_element
from kerascheck.data.objects import DataObject
from kerascheck.data.pipeline import Pipeline
from kerascheck.data.registry import Function
from kerascheck.data.samples import unknown_of_length
from kerascheck.data.values import fresh_key, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.dims import Shape
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


class _DataSet(NamedTuple):
    """Images (or texts, where there is no shape) with labels, and how many there are in each split.

    `others` are further features, all of them texts; None where it is not known which there are.
    """

    image: Shape | None
    classes: int
    splits: dict[str, int]
    others: tuple[str, ...] | None = None


_IMAGE = (None, None, 3)

_DATASETS = {
    "mnist": _DataSet((28, 28, 1), 10, {"train": 60_000, "test": 10_000}, ()),
    "fashion_mnist": _DataSet((28, 28, 1), 10, {"train": 60_000, "test": 10_000}, ()),
    "kmnist": _DataSet((28, 28, 1), 10, {"train": 60_000, "test": 10_000}, ()),
    "cifar10": _DataSet((32, 32, 3), 10, {"train": 50_000, "test": 10_000}, ("id",)),
    "cifar100": _DataSet((32, 32, 3), 100, {"train": 50_000, "test": 10_000}),
    "svhn_cropped": _DataSet((32, 32, 3), 10, {"train": 73_257, "test": 26_032, "extra": 531_131}),
    "horses_or_humans": _DataSet((300, 300, 3), 2, {"train": 1_027, "test": 256}),
    "rock_paper_scissors": _DataSet((300, 300, 3), 3, {"train": 2_520, "test": 372}),
    "beans": _DataSet((500, 500, 3), 3, {"train": 1_034, "validation": 133, "test": 128}),
    "stl10": _DataSet((96, 96, 3), 10, {"train": 5_000, "test": 8_000, "unlabelled": 100_000}),
    "patch_camelyon": _DataSet((96, 96, 3), 2, {"train": 262_144, "validation": 32_768, "test": 32_768}),
    "cats_vs_dogs": _DataSet(_IMAGE, 2, {"train": 23_262}, ("image/filename",)),
    "stanford_dogs": _DataSet(_IMAGE, 120, {"train": 12_000, "test": 8_580}),
    "oxford_flowers102": _DataSet(_IMAGE, 102, {"train": 1_020, "validation": 1_020, "test": 6_149}),
    "oxford_iiit_pet": _DataSet(_IMAGE, 37, {"train": 3_680, "test": 3_669}),
    "food101": _DataSet(_IMAGE, 101, {"train": 75_750, "validation": 25_250}),
    "tf_flowers": _DataSet(_IMAGE, 5, {"train": 3_670}),
    "malaria": _DataSet(_IMAGE, 2, {"train": 27_558}),
    "colorectal_histology": _DataSet((150, 150, 3), 8, {"train": 5_000}),
    "deep_weeds": _DataSet((256, 256, 3), 9, {"train": 17_509}),
    "eurosat": _DataSet((64, 64, 3), 10, {"train": 27_000}),
    "plant_village": _DataSet(_IMAGE, 38, {"train": 54_303}),
    "citrus_leaves": _DataSet(_IMAGE, 4, {"train": 594}),
    "caltech101": _DataSet(_IMAGE, 102, {"train": 3_029, "test": 6_084}),
    "imdb_reviews": _DataSet(None, 2, {"train": 25_000, "test": 25_000, "unsupervised": 50_000}, ()),
}


def _sample(run: Run, facts: _DataSet, supervised: bool) -> Any:
    if facts.image is None:
        data = new_array(run, (), "str", kind="tensor")
    else:
        pixels = Content(0, 255, True, tags=frozenset({"pixels", "dataset"}))
        data = new_array(run, facts.image, "uint8", content=pixels, kind="tensor")
    values = frozenset(range(facts.classes))
    content = Content(0, facts.classes - 1, True, values, tags=frozenset({"dataset"}))
    label = new_array(run, (), "int64", content=content, kind="tensor")
    if supervised:
        return (data, label)
    if facts.others is None:
        return Unknown("a dictionary of features")
    texts = {name: new_array(run, (), "str", kind="tensor") for name in facts.others}
    return {"image" if facts.image is not None else "text": data, "label": label, **texts}


def _load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tfds.load(name, split=None, batch_size=None, shuffle_files=False, as_supervised=False, with_info=False)`."""
    facts = _facts(arguments.value("name", 0))
    split = arguments.value("split", 1)
    supervised = arguments.value("as_supervised", None, False)
    with_info = arguments.value("with_info", None, False)
    batch = arguments.value("batch_size", None)
    if isinstance(supervised, Unknown) or isinstance(with_info, Unknown) or batch is not None:
        return run.fresh(f"the result of {name}", site.node)

    def stream(which: Value) -> Pipeline:
        element = _sample(run, facts, bool(supervised)) if facts is not None else Unknown("a data set")
        if isinstance(which, str) and facts is not None:
            count = facts.splits.get(which)
            if count is None:
                element = map_element(element, _some)
        else:
            count = None
        return Pipeline(element, batched=False, count=count, shuffled=None, birth=run.tick())

    made: Value
    if split is None:
        made = run.new_dict({which: stream(which) for which in facts.splits} if facts is not None else {})
        if facts is None:
            made.unknown = Unknown("the splits of a data set")
    elif isinstance(split, (ListValue, tuple)):
        names = items_of(run, split)
        made = (
            run.fresh("splits", site.node)
            if isinstance(names, Unknown)
            else run.new_list([stream(one) for one in names])
        )
        if isinstance(split, tuple) and isinstance(made, ListValue):
            made = tuple(made.items)
    else:
        made = stream(split)
    return (made, _information(run, facts, site)) if with_info else made


def _facts(name: Value) -> _DataSet | None:
    """What is known of a data set of that name, with or without a version."""
    plain = name.partition(":")[0].removesuffix("/plain_text") if isinstance(name, str) else ""
    return _DATASETS.get(plain)


def _information(run: Run, facts: _DataSet | None, site: Site) -> Value:
    """What `info` says of a data set: `info.features["label"].num_classes`, `info.splits["train"].num_examples`."""
    if facts is None:
        return run.fresh("what a data set says of itself", site.node)

    def thing(what: str, **attributes: Value) -> DataObject:
        made = DataObject(f"tensorflow_datasets.{what}", Arguments([], {}), site, run.tick())
        made.attributes.update(attributes)
        return made

    key = fresh_key(run, site)
    names = unknown_of_length("the names of classes", key, facts.classes, "names")
    label = thing("features.ClassLabel", num_classes=facts.classes, names=names, shape=())
    features = thing("features.FeaturesDict", label=label)
    if facts.image is not None:
        features.attributes["image"] = thing("features.Image", shape=facts.image)
    splits = run.new_dict()
    splits.items.update({which: thing("core.SplitInfo", num_examples=count) for which, count in facts.splits.items()})
    return thing("core.DatasetInfo", features=features, splits=splits)


def _builder(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`tfds.builder("mnist")`."""
    facts = _facts(arguments.value("name", 0))
    if facts is None or len(arguments.positional) + len(arguments.keywords) != 1:
        return run.fresh("a builder of a data set", site.node)
    made = DataObject(_BUILDER, arguments, site, run.tick(), fresh_key(run, site))
    made.attributes["info"] = _information(run, facts, site)
    return made


_BUILDER = "tensorflow_datasets.core.DatasetBuilder"


def _as_dataset(run: Run, builder: DataObject, arguments: Arguments, site: Site) -> Value:
    """`builder.as_dataset(split="train", as_supervised=True)`."""
    name = builder.arguments.get("name", 0)
    given = {key: value for key, value in arguments.keywords.items() if key in ("split", "as_supervised", "batch_size")}
    if arguments.positional or not isinstance(name, Given):
        return run.fresh("a data set", site.node)
    return _load(run, "tensorflow_datasets.load", Arguments([name], given), site)


def _nothing(run: Run, builder: DataObject, arguments: Arguments, site: Site) -> Value:
    return None


OBJECTS = {_BUILDER: {"as_dataset": _as_dataset, "download_and_prepare": _nothing}}


def _some(part: Any) -> Any:
    """A part of a split: which labels occur in it is not known for sure."""
    if isinstance(part, Array):
        made = part.snapshot()
        made.content = part.content.subset()
        return made
    return part


FUNCTIONS: dict[str, Function] = {"tensorflow_datasets.load": _load, "tensorflow_datasets.builder": _builder}

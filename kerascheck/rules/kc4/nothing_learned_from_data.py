"""KC466: something that learns from the data before the training was shown none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import libcst as cst

from kerascheck.data.training import FITTING, raw_data
from kerascheck.diagnostics import Severity
from kerascheck.machine.static import attributes_set, once_a_file
from kerascheck.network.ir import BuiltinLayer
from kerascheck.network.program import Program
from kerascheck.rules._mentions import mentions
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.text.treewalk import walk


class _Learner(NamedTuple):
    """A layer that learns by `adapt`: the arguments that spare it, and what happens without either."""

    spared_by: tuple[str, ...]
    without: str
    severity: Severity


_REFUSED = "Keras raises when it is used"
_LEARNERS = {
    "Normalization": _Learner(("mean", "variance"), "its inputs go through as they are", Severity.WARNING),
    "Discretization": _Learner(("bin_boundaries",), _REFUSED, Severity.ERROR),
    "TextVectorization": _Learner(("vocabulary",), _REFUSED, Severity.ERROR),
    "StringLookup": _Learner(("vocabulary",), _REFUSED, Severity.ERROR),
    "IntegerLookup": _Learner(("vocabulary",), _REFUSED, Severity.ERROR),
}
#: Other ways to what they learn.
_OTHER_WAYS = (
    "set_vocabulary", "set_weights", "load_weights", "load_model", "load_own_variables", "build_from_config",
    "from_config", "load_assets", "load_vocabulary", "update_state", "finalize_state",
)  # fmt: skip


class NothingLearnedFromData(Rule):
    """Something that learns from the data before the training was shown none.

    ## What it does

    Reports `Normalization`, `TextVectorization`, `StringLookup`, `IntegerLookup` and `Discretization` that are used
    without `adapt` and are not told what they would learn; and `ImageDataGenerator(featurewise_center=True)` and the
    like without `fit`.

    ## Why it is bad

    A `Normalization` that has seen nothing takes 0 for the mean and 1 for the variance: it changes nothing. The layers
    with a vocabulary, and `Discretization`, raise when they are called. The generator warns, and leaves the images as
    they are.

    ## Example

    ```python
    import numpy as np
    import keras
    from keras import layers

    x, y = np.random.rand(64, 4) * 1000, np.random.rand(64)
    scale = layers.Normalization()
    model = keras.Sequential([layers.Input((4,)), scale, layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    ```

    ## Use instead

    ```python
    import numpy as np
    import keras
    from keras import layers

    x, y = np.random.rand(64, 4) * 1000, np.random.rand(64)
    scale = layers.Normalization()
    scale.adapt(x)
    model = keras.Sequential([layers.Input((4,)), scale, layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(x, y)
    ```

    ## References

    - [Keras: preprocessing layers](https://keras.io/guides/preprocessing_layers/)
    - [ImageDataGenerator](https://www.tensorflow.org/api_docs/python/tf/keras/preprocessing/image/ImageDataGenerator)
    """

    code = "KC466"
    name = "nothing-learned-from-data"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        trained = {id(call.site.file) for call in program.trainings if call.method in FITTING}
        if not trained:
            return
        yield from _generators(program)
        adapting = [step for step in program.preparations if step.kind == "fit" and step.name in _QUALNAMES]
        if any(step.loops for step in adapting):
            return
        # Where all data lies in files that are not there, the program may be a part of one.
        fits = (call for call in program.trainings if call.method in FITTING)
        has_arrays = any(raw_data(call.arguments).stream is None for call in fits)
        for layer in program.layers:
            learner = _LEARNERS.get(layer.cls) if isinstance(layer, BuiltinLayer) else None
            if learner is None or layer.adapted or layer.met_unknown or layer.site is None or layer.arguments is None:
                continue
            if layer.arguments.open_keywords or id(layer.site.file) not in trained:
                continue
            if any(layer.config.get(name) is not None for name in learner.spared_by):
                continue
            if not isinstance(layer.site.node, cst.Call) or not (layer.calls or layer.saw_data):
                continue
            here = {step.site.key for step in adapting if step.site.file is layer.site.file}
            others = any(mentions(layer.site, name) for name in _OTHER_WAYS)
            if others or mentions(layer.site, "adapt") != len(here):
                continue
            yield Finding(
                layer.site,
                f"this {layer.cls} has learned nothing from data: {learner.without}; call adapt first",
                severity=learner.severity if layer.saw_data or has_arrays else Severity.INFO,
            )

    VALID = [
        # shown the data
        """
import numpy as np
import keras
from keras import layers
x, y = np.random.rand(64, 4) * 1000, np.random.rand(64)
scale = layers.Normalization()
scale.adapt(x)
model = keras.Sequential([layers.Input((4,)), scale, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # told what it would learn
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Normalization(mean=0.5, variance=2.0), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.random.rand(64, 4), np.random.rand(64))
words = layers.StringLookup(vocabulary=["a", "b"])
print(words(np.array(["a"])))
""",
        # from a file
        """
import numpy as np
import keras
from keras import layers
model = keras.Sequential([layers.Input((4,)), layers.Normalization(), layers.Dense(1)])
model.load_weights("model.weights.h5")
model.compile("adam", "mse")
model.fit(np.random.rand(64, 4), np.random.rand(64))
""",
        # several in a loop
        """
import numpy as np
import keras
from keras import layers
inputs = [keras.Input((1,)) for _ in range(3)]
scales = [layers.Normalization() for _ in range(3)]
columns = [np.random.rand(64, 1) for _ in range(3)]
for scale, column in zip(scales, columns):
    scale.adapt(column)
x = layers.concatenate([scale(i) for scale, i in zip(scales, inputs)])
model = keras.Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(columns, np.random.rand(64))
""",
        # a scaler that is fitted elsewhere, or learns nothing
        """
import numpy as np
import keras
from keras import layers
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, StandardScaler
x, y = np.random.rand(64, 4), np.random.rand(64)
scaler, norm, own = StandardScaler(), Normalizer(), MinMaxScaler()
steps = make_pipeline(scaler)
steps.fit(x)
own.fit(x)
x = norm.transform(scaler.transform(own.transform(x)))
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
        # a generator that has seen its images, or needs not
        """
import numpy as np
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
x, y = np.random.rand(64, 8, 8, 3), np.random.rand(64)
generator = ImageDataGenerator(featurewise_center=True)
generator.fit(x)
model = keras.Sequential([layers.Input((8, 8, 3)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(generator.flow(x, y))
model.fit(ImageDataGenerator(samplewise_center=True).flow(x, y))
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
import keras
from keras import layers
from sklearn.preprocessing import StandardScaler
scaler = StandardScaler()
x, y = scaler.transform(np.random.rand(64, 4)), np.random.rand(64)
model = keras.Sequential([layers.Input((4,)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
            [
                (
                    7,
                    "this StandardScaler has learned nothing from data: scikit-learn raises NotFittedError; call fit "
                    "first",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
x, y = np.random.rand(64, 4) * 1000, np.random.rand(64)
scale = layers.Normalization()
model = keras.Sequential([layers.Input((4,)), scale, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
            [
                (
                    6,
                    "this Normalization has learned nothing from data: its inputs go through as they are; call adapt "
                    "first",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
texts, y = np.array(["a b", "b c"] * 20), np.random.rand(40)
words = layers.TextVectorization(100, output_sequence_length=4)
x = words(texts)
model = keras.Sequential([layers.Input((4,)), layers.Embedding(100, 8), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
""",
            [
                (
                    6,
                    "this TextVectorization has learned nothing from data: Keras raises when it is used; call adapt "
                    "first",
                )
            ],
        ),
        Invalid(
            """
import numpy as np
import keras
from keras import layers
from keras.preprocessing.image import ImageDataGenerator
x, y = np.random.rand(64, 8, 8, 3), np.random.rand(64)
generator = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
model = keras.Sequential([layers.Input((8, 8, 3)), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(generator.flow(x, y))
""",
            [
                (
                    10,
                    "this generator has not seen any images by which to center or scale: it leaves them as they are; "
                    "call fit first",
                )
            ],
        ),
    ]


_QUALNAMES = frozenset(f"keras.layers.{name}" for name in _LEARNERS)


def _generators(program: Program) -> Iterator[Finding]:
    """Generators of images that were not shown any."""
    for step in program.preparations:
        if step.kind == "unfitted" and step.name.startswith("sklearn."):
            qualname, _, bound = step.name.partition(":")
            cls = qualname.rpartition(".")[2]
            if _only_transforms(step.site.file, bound):
                yield Finding(
                    step.site,
                    f"this {cls} has learned nothing from data: scikit-learn raises NotFittedError; call fit first",
                    severity=Severity.ERROR,
                )
        elif step.kind == "unfitted" and not _sets_figures(step.site.file):
            yield Finding(
                step.site,
                "this generator has not seen any images by which to center or scale: it leaves them as they are; call "
                "fit first",
            )


def _only_transforms(source: Any, name: str) -> bool:
    """Whether the file does nothing with what is called so but bind it once and transform with it."""
    return name in _transforming(source)


@once_a_file
def _transforming(source: Any) -> frozenset[str]:
    """The names that are bound once, and read only for `name.transform(...)`."""
    bound: list[str] = []
    used: dict[str, int] = {}
    read: dict[str, int] = {}
    for node in walk(source.tree):
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name):
            bound.append(node.target.value)
        elif isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
            if node.attr.value in ("transform", "inverse_transform"):
                used[node.value.value] = used.get(node.value.value, 0) + 1
        elif isinstance(node, cst.Name):
            read[node.value] = read.get(node.value, 0) + 1
    return frozenset(name for name, times in used.items() if bound.count(name) == 1 and read[name] == times + 1)


def _sets_figures(source: Any) -> bool:
    """Whether the file sets by itself what a generator learns."""
    return not _FIGURES.isdisjoint(attributes_set(source, source.tree))


#: What `ImageDataGenerator.fit` learns.
_FIGURES = frozenset({"mean", "std", "principal_components", "zca_whitening_matrix"})

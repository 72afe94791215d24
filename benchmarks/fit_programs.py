"""Random small programs that prepare data, build a model and train it: most of them nearly right.

Every choice comes from one `random.Random`, so that a program is its seed. A program begins as one that works (data,
model, loss and labels of one task); then mistakes that people make are put into it with some probability each.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

HEADER = "import numpy as np\nimport keras\nfrom keras import layers\n\n"

REGRESSION = ("mse", "mae", "mean_squared_error", "huber", "log_cosh", "msle", "mape")
LOSS_OBJECTS = {
    "mse": ("keras.losses.MeanSquaredError()", "keras.losses.mean_squared_error"),
    "mae": ("keras.losses.MeanAbsoluteError()",),
    "huber": ("keras.losses.Huber()", "keras.losses.Huber(delta=0.5)"),
    "binary_crossentropy": (
        "keras.losses.BinaryCrossentropy()",
        "keras.losses.BinaryCrossentropy(from_logits=True)",
        "keras.losses.binary_crossentropy",
    ),
    "categorical_crossentropy": (
        "keras.losses.CategoricalCrossentropy()",
        "keras.losses.CategoricalCrossentropy(label_smoothing=0.1)",
    ),
    "sparse_categorical_crossentropy": (
        "keras.losses.SparseCategoricalCrossentropy()",
        "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
    ),
    "hinge": ("keras.losses.Hinge()",),
    "kl_divergence": ("keras.losses.KLDivergence()",),
}  # fmt: skip
OTHER_LOSSES = (
    "hinge", "squared_hinge", "categorical_hinge", "kl_divergence", "poisson", "cosine_similarity",
    "binary_focal_crossentropy", "categorical_focal_crossentropy", "dice", "tversky",
)  # fmt: skip
METRICS = (
    "accuracy", "acc", "mae", "mse", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy",
    "cosine_similarity", "AUC", "Precision", "binary_crossentropy", "hinge", "top_k_categorical_accuracy",
    "sparse_top_k_categorical_accuracy", "categorical_crossentropy", "sparse_categorical_crossentropy",
)  # fmt: skip
METRIC_OBJECTS = (
    "keras.metrics.AUC()", "keras.metrics.AUC(multi_label=True)", "keras.metrics.Precision()",
    "keras.metrics.Recall()", "keras.metrics.Recall(class_id=1)", "keras.metrics.Precision(top_k=2)",
    "keras.metrics.F1Score()", "keras.metrics.RootMeanSquaredError()", "keras.metrics.R2Score()",
    "keras.metrics.BinaryAccuracy()", "keras.metrics.CategoricalAccuracy()",
    "keras.metrics.SparseCategoricalAccuracy()", "keras.metrics.MeanAbsoluteError()", "keras.metrics.Accuracy()",
    "keras.metrics.MeanIoU(num_classes=3)", "keras.metrics.OneHotMeanIoU(num_classes=3)",
    "keras.metrics.CosineSimilarity()", "keras.metrics.TopKCategoricalAccuracy(k=2)",
    "keras.metrics.SparseTopKCategoricalAccuracy(k=2)", "keras.metrics.BinaryCrossentropy()",
    "keras.metrics.TruePositives()", "keras.metrics.Hinge()", "keras.metrics.KLDivergence()",
    "keras.metrics.Poisson()", "keras.metrics.mean_absolute_error", "keras.metrics.LogCoshError()",
    "keras.metrics.SpecificityAtSensitivity(0.5)", "keras.metrics.BinaryIoU()",
)  # fmt: skip


class Generator:
    """Writes one program."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.n = 0
        self.width = 0  # the size of the last axis of the samples, or their vocabulary
        self.sample: tuple[int, ...] = ()  # the shape of one sample
        self.functional = False
        #: How often mistakes are made: many programs are right.
        self.clumsy = rng.choice((0, 5, 10, 16))

    # -- choices ------------------------------------------------------------------------------------------------

    def pick(self, options: Sequence[T]) -> T:
        return options[self.rng.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def slip(self) -> bool:
        """Whether a mistake is made here."""
        return self.chance(self.clumsy)

    def put(self, line: str) -> None:
        self.lines.append(line)

    # -- the whole ----------------------------------------------------------------------------------------------

    def program(self) -> str:
        """The source text."""
        self.n = self.pick((8, 12, 16, 20, 33))
        kinds = ("table", "table", "image", "image", "sequence", "tokens", "autoencoder", "two inputs", "two outputs")
        kind = self.pick(kinds)
        getattr(self, "_" + kind.replace(" ", "_"))()
        return HEADER + "\n".join(self.lines) + "\n"

    # -- features -----------------------------------------------------------------------------------------------

    def floats(self, shape: tuple[int, ...]) -> str:
        """An expression for an array of floats."""
        size = 1
        for dim in shape:
            size *= dim
        inner = ", ".join(map(str, shape))
        return self.pick(
            (
                f"np.random.rand({inner})",
                f"np.random.random({shape})",
                f"np.random.normal(size={shape})",
                f"np.random.uniform(0, 1, {shape})",
                f"np.zeros({shape})",
                f"np.ones({shape}, dtype='float32')",
                f"np.arange({size}).reshape({inner})",
                f"np.arange({size}).reshape(-1{', ' if len(shape) > 1 else ''}{', '.join(map(str, shape[1:]))})",
                f"np.random.randint(0, 256, {shape}) / 255.0",
                f"np.random.randint(0, 256, {shape}, dtype='uint8')",
                f"np.random.rand({inner}).astype('float32')",
                f"np.full({shape}, 0.5)",
                f"np.random.randn({inner})",
            )
        )

    def table(self) -> None:
        self.width = self.pick((1, 2, 3, 5, 8))
        self.sample = (self.width,)
        self.put(f"x = {self.floats((self.n, self.width))}")
        if self.chance(15):
            self.put(
                self.pick(("x = (x - x.mean()) / (x.std() + 1)", "x = x.astype('float32')", "x = x - x.mean(axis=0)"))
            )
        if self.slip():
            self.put(
                self.pick(("x = x[:, 0]", "x = x.T", "x = np.expand_dims(x, -1)", "x = x[:, 1:]", "x = x.flatten()"))
            )
            self._follow()

    def image(self) -> None:
        side, channels = self.pick((4, 6, 8)), self.pick((1, 3))
        self.sample = (side, side, channels)
        if channels == 1 and self.chance(60):
            self.put(f"x = {self.floats((self.n, side, side))}")
            if not self.slip():
                self.put(
                    self.pick(
                        (
                            "x = np.expand_dims(x, -1)",
                            "x = x[..., np.newaxis]",
                            f"x = x.reshape(-1, {side}, {side}, 1)",
                            "x = x.reshape(x.shape[0], x.shape[1], x.shape[2], 1)",
                            "x = np.expand_dims(x, axis=3)",
                        )
                    )
                )
        elif self.slip():
            self.put(f"x = {self.floats((self.n, channels, side, side))}")
            if self.chance(40):
                self.put(self.pick(("x = np.transpose(x, (0, 2, 3, 1))", "x = np.moveaxis(x, 1, -1)")))
        else:
            self.put(f"x = {self.floats((self.n, side, side, channels))}")
        if self.chance(20):
            self.put("x = x / 255.0")

    def sequence(self) -> None:
        steps, self.width = self.pick((3, 5, 6)), self.pick((1, 2, 3))
        self.sample = (steps, self.width)
        if self.width == 1 and self.chance(50):
            self.put(f"x = {self.floats((self.n, steps))}")
            if not self.slip():
                self.put(self.pick(("x = x.reshape(x.shape[0], x.shape[1], 1)", "x = np.expand_dims(x, -1)")))
        else:
            self.put(f"x = {self.floats((self.n, steps, self.width))}")
        if self.slip():
            self.put(
                self.pick(("x = x.transpose(0, 2, 1)", "x = x[:, -1]", "x = x[:, :, 0]", "x = x.reshape(len(x), -1)"))
            )

    def tokens(self) -> None:
        steps, self.width = self.pick((3, 5)), self.pick((6, 10))
        self.sample = (steps,)
        self.put(f"x = np.random.randint(0, {self.width}, ({self.n}, {steps}))")
        if self.slip():
            self.put(
                self.pick(
                    (
                        "x = x + 3",
                        "x = x - 2",
                        "x = x / 2.0",
                        "x = np.expand_dims(x, -1)",
                        f"x = keras.utils.to_categorical(x, {self.width})",
                        "x = x.astype('float32')",
                        "x = x[:, 0]",
                    )
                )
            )

    def _follow(self) -> None:
        """After a change of the data, some programs take the input shape from it."""
        if self.chance(40):
            self.sample = ()

    # -- targets ------------------------------------------------------------------------------------------------

    def targets(self, name: str = "y", rows: str | None = None) -> tuple[int, str, str | None]:
        """Write the targets; give the units, activation and loss that suit them."""
        n = rows or str(self.n)
        task = self.pick(("regression", "binary", "one-hot", "sparse", "several", "labels"))
        if task == "regression":
            self.put(f"{name} = np.random.rand({n})" if self.chance(50) else f"{name} = np.random.rand({n}, 1)")
            found: tuple[int, str, str | None] = (1, "", self.pick(REGRESSION))
        elif task == "several":
            size = self.pick((2, 3))
            self.put(f"{name} = np.random.normal(size=({n}, {size}))")
            found = (size, "", self.pick(REGRESSION))
        elif task == "binary":
            shape = self.pick((f"{n}", f"({n}, 1)"))
            self.put(f"{name} = np.random.randint(0, 2, {shape})")
            if self.chance(30):
                self.put(f"{name} = {name}.astype({self.pick(('float', 'bool', 'np.float32', repr('int8')))})")
            found = (1, "sigmoid", "binary_crossentropy")
        elif task == "labels":
            size = self.pick((2, 3, 4))
            self.put(f"{name} = np.random.randint(0, 2, ({n}, {size}))")
            found = (size, "sigmoid", "binary_crossentropy")
        else:
            size = self.pick((3, 4, 5))
            self.put(
                self.pick(
                    (
                        f"{name} = np.random.randint(0, {size}, {n})",
                        f"{name} = np.random.randint(0, {size}, size=({n},))",
                        f"{name} = np.arange({n}) % {size}",
                        f"{name} = np.random.randint({size}, size=({n}, 1))",
                    )
                )
            )
            if task == "one-hot":
                how = self.pick((f"keras.utils.to_categorical({name}, {size})", f"np.eye({size})[{name}.flatten()]"))
                if not self.slip():
                    self.put(f"{name} = {how}")
                found = (size, "softmax", "categorical_crossentropy")
            else:
                if self.slip():
                    self.put(f"{name} = keras.utils.to_categorical({name}, num_classes={size})")
                found = (size, "softmax", "sparse_categorical_crossentropy")
        if self.slip():
            self.put(
                self.pick(
                    (
                        f"{name} = np.expand_dims({name}, -1)",
                        f"{name} = {name}.reshape(-1, 1)",
                        f"{name} = {name}.reshape(-1)",
                        f"{name} = np.argmax({name}, axis=-1)",
                        f"{name} = {name}[:-1]",
                        f"{name} = {name}.astype('float32')",
                        f"{name} = np.squeeze({name})",
                        f"{name} = {name} + 1",
                        f"{name} = {name}.tolist()",
                        f"{name} = np.concatenate([{name}, {name}])",
                        f"{name} = {name}.astype(str)",
                    )
                )
            )
        return found

    def head(self, found: tuple[int, str, str | None]) -> tuple[int, str]:
        """Units and activation of the last layer, sometimes wrong."""
        units, activation, _ = found
        if self.slip():
            units = self.pick((1, 2, 3, 4, 5, units + 1))
        if self.slip():
            activation = self.pick(("sigmoid", "softmax", "", "relu"))
        return units, activation

    def loss(self, found: tuple[int, str, str | None]) -> str | None:
        name = found[2]
        if self.slip():
            name = self.pick(
                (None, "mse", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
            )
        if self.chance(8):
            name = self.pick(OTHER_LOSSES)
        if name is None:
            return None
        if name in LOSS_OBJECTS and self.chance(30):
            return self.pick(LOSS_OBJECTS[name])
        return repr(name)

    def metrics(self, found: tuple[int, str, str | None]) -> str | None:
        if self.chance(45):
            return None
        if self.chance(70):
            return repr([self.pick(("accuracy", "acc") if found[1] else ("mae", "mse"))])
        names = [self.pick((repr(self.pick(METRICS)), self.pick(METRIC_OBJECTS))) for _ in range(self.pick((1, 1, 2)))]
        return f"[{', '.join(names)}]"

    # -- models -------------------------------------------------------------------------------------------------

    def dense(self, units: int, activation: str = "", extra: str = "") -> str:
        act = f", activation={activation!r}" if activation else ""
        return f"layers.Dense({units}{act}{extra})"

    def shape_text(self, kind: str) -> str:
        """What the program says is the shape of a sample."""
        if not self.sample:
            return "x.shape[1:]"
        sample = self.sample
        if self.slip():
            sample = self.pick(
                (
                    (*sample, 1),
                    sample[:-1] or (4,),
                    sample[::-1],
                    (*sample[:-1], sample[-1] + 1),
                    (self.n, *sample),
                    (None, *sample[1:]) if len(sample) > 1 else (sample[0] + 2,),
                )
            )
        if kind in ("sequence", "tokens") and self.chance(20):
            sample = (None, *sample[1:])
        if self.chance(25):
            return self.pick(("x.shape[1:]", "(x.shape[1],)" if len(sample) == 1 else "x.shape[1:]"))
        return repr(sample)

    def body(self, kind: str) -> list[str]:
        """The layers before the last one."""
        act = self.pick(("relu", "tanh"))
        if kind == "table":
            made = [self.dense(self.pick((3, 4, 8)), act) for _ in range(self.pick((0, 1, 1, 2)))]
            if self.chance(20):
                made.insert(
                    self.rng.randrange(len(made) + 1), self.pick(("layers.Dropout(0.2)", "layers.BatchNormalization()"))
                )
            return made
        if kind == "image":
            if self.chance(35):
                return ["layers.Flatten()", self.dense(4, act)]
            made = [f"layers.Conv2D({self.pick((2, 4))}, {self.pick((2, 3))}, activation='relu')"]
            if self.chance(40):
                made.append("layers.MaxPooling2D()")
            if not self.slip():
                made.append(self.pick(("layers.Flatten()", "layers.GlobalAveragePooling2D()")))
            return made
        if kind == "tokens":
            vocabulary = self.pick(
                (self.width, self.width, self.width + 1, self.width - 1 if self.slip() else self.width)
            )
            masked = ", mask_zero=True" if self.chance(15) else ""
            made = [f"layers.Embedding({vocabulary}, {self.pick((3, 4))}{masked})"]
            made.append(self.recurrent())
            if self.chance(30):
                made[-1] = self.pick(("layers.GlobalAveragePooling1D()", "layers.Flatten()"))
            return made
        made = []
        if self.chance(25):
            made.append("layers.Conv1D(4, 2, activation='relu')")
        made.append(self.recurrent())
        if made and made[0].startswith("layers.Conv1D") and self.chance(40):
            made[-1] = self.pick(("layers.GlobalMaxPooling1D()", "layers.Flatten()"))
        return made

    def recurrent(self) -> str:
        cell = self.pick(("LSTM", "GRU", "SimpleRNN"))
        sequences = ", return_sequences=True" if self.slip() else ""
        text = f"layers.{cell}({self.pick((3, 4))}{sequences})"
        return f"layers.Bidirectional({text})" if self.chance(10) else text

    def model(self, kind: str, found: tuple[int, str, str | None]) -> None:
        units, activation = self.head(found)
        parts = [*self.body(kind), self.dense(units, activation)]
        shape = self.shape_text(kind)
        style = self.pick(("sequential", "sequential", "add", "functional", "subclass", "unbuilt", "first layer"))
        if style == "sequential":
            self.put(f"model = keras.Sequential([keras.Input({shape}), {', '.join(parts)}])")
        elif style == "unbuilt":
            self.put(f"model = keras.Sequential([{', '.join(parts)}])")
        elif style in ("add", "first layer"):
            self.put("model = keras.Sequential()")
            if style == "add":
                self.put(f"model.add(layers.Input(shape={shape}))")
            elif not parts[0].startswith("layers.Bidirectional"):
                parts[0] = f"{parts[0][:-1]}{', ' if not parts[0].endswith('()') else ''}input_shape={shape})"
            for part in parts:
                self.put(f"model.add({part})")
        elif style == "functional":
            self.functional = True
            self.put(f"inputs = keras.Input(shape={shape})")
            self.put(f"h = {parts[0]}(inputs)")
            for part in parts[1:]:
                self.put(f"h = {part}(h)")
            self.put(f"model = keras.Model({self.pick(('inputs', '[inputs]'))}, {self.pick(('h', '[h]'))})")
        else:
            self.subclass(parts)

    def subclass(self, parts: list[str]) -> None:
        self.put("class Net(keras.Model):")
        self.put("    def __init__(self):")
        self.put("        super().__init__()")
        for index, part in enumerate(parts):
            self.put(f"        self.l{index} = {part}")
        self.put("    def call(self, x):")
        for index in range(len(parts)):
            self.put(f"        x = self.l{index}(x)")
        self.put("        return x")
        self.put("model = Net()")

    # -- training -----------------------------------------------------------------------------------------------

    def compile(self, loss: str | None, metrics: str | None) -> None:
        if self.slip() and self.chance(30):
            return
        parts = [self.pick(("'adam'", "optimizer='sgd'", "optimizer='adam'", "optimizer=keras.optimizers.SGD(0.01)"))]
        if loss is not None:
            parts.append(f"loss={loss}")
        if metrics is not None:
            parts.append(f"{'weighted_metrics' if self.chance(6) else 'metrics'}={metrics}")
        self.put(f"model.compile({', '.join(parts)})")

    def train(self, x: str = "x", y: str | None = "y", nested: bool = False) -> None:
        """The calls that train, evaluate and predict."""
        given_x, given_y = x, y
        if not nested and self.chance(25):
            cut = self.n * 3 // 4
            self.put(f"x_train, x_test = x[:{cut}], x[{cut}:]")
            self.put(f"y_train, y_test = {y}[:{cut}], {y}[{cut}:]")
            given_x, given_y = "x_train", "y_train" if not self.slip() else self.pick((y or "y", "y_test"))
            if self.slip():
                given_x = "x_test"
        elif not nested and self.slip():
            given_x = self.pick(("x[0]", "x[:5]", "x[1:]", "[x]", "x[None]", "x.tolist()"))
        arguments = [given_x]
        if given_y is not None and not (self.slip() and self.chance(40)):
            arguments.append(given_y if self.chance(80) else f"y={given_y}")
        keywords = []
        if self.chance(40):
            keywords.append(f"batch_size={self.pick((1, 3, 4, 8, 32))}")
        if given_x == "x_train" and self.chance(60):
            pairs = ("(x_test, y_test)", "(x_test, y_test)", f"(x_test, {y})", "[x_test, y_test]", f"({x}, {y})")
            keywords.append(f"validation_data={self.pick(pairs)}")
        elif self.chance(20):
            keywords.append(f"validation_split={self.pick((0.2, 0.25, 0.5, 0.01))}")
        if self.chance(12):
            keywords.append(self.weights(given_x, nested))
        if self.chance(10):
            self.put(f"model.train_on_batch({given_x}, {given_y})")
        if given_x == "x" and given_y == y and self.chance(12):
            self.stream(x, str(y))
        elif not self.chance(12):
            self.put(f"model.fit({', '.join([*arguments, *keywords, 'epochs=1', 'verbose=0'])})")
        if self.chance(25):
            how = self.pick((f"{given_x}, {given_y}", f"{x}, {y}", f"{given_x}, {given_y}, batch_size=4"))
            self.put(f"score = model.evaluate({how}, verbose=0)")
        if self.chance(35):
            what = x if nested else self.pick((x, x, "x[:3]", "x[:1]", "x[0]", "np.expand_dims(x[0], 0)", "x[0][None]"))
            self.put(f"p = model.predict({what}, verbose=0)")

    def stream(self, x: str, y: str) -> None:
        """Training on a `tf.data` pipeline."""
        self.put("import tensorflow as tf")
        batched = "" if self.slip() else f".batch({self.pick((4, 5, 8))})"
        shuffled = ".shuffle(10)" if self.chance(30) else ""
        y = y.replace("[", "(").replace("]", ")")  # a list would become one tensor
        pair = f"({x}, {y})" if not self.slip() else self.pick((x, f"({y}, {x})"))
        self.put(f"ds = tf.data.Dataset.from_tensor_slices({pair}){shuffled}{batched}")
        self.put(f"model.fit(ds, {self.pick(('epochs=1', 'validation_data=ds'))}, verbose=0)")

    def weights(self, x: str, nested: bool) -> str:
        if self.chance(30):
            return self.pick(("class_weight={0: 1.0, 1: 2.0}", "class_weight={0: 1.0, 1: 2.0, 2: 0.5}"))
        first = f"len({x})" if not nested else str(self.n)
        return "sample_weight=" + self.pick(
            (f"np.ones({first})", f"np.ones(({first}, 1))", f"np.ones({first} - 1)", f"np.ones(({first}, 3))")
        )

    # -- tasks --------------------------------------------------------------------------------------------------

    def _plain(self, kind: str) -> None:
        getattr(self, kind)()
        found = self.targets()
        self.model(kind, found)
        self.compile(self.loss(found), self.metrics(found))
        self.train()

    def _table(self) -> None:
        self._plain("table")

    def _image(self) -> None:
        self._plain("image")

    def _sequence(self) -> None:
        self._plain("sequence")

    def _tokens(self) -> None:
        self._plain("tokens")

    def _autoencoder(self) -> None:
        kind = self.pick(("table", "image", "sequence"))
        getattr(self, kind)()
        shape = self.shape_text(kind)
        width = self.sample[-1] if self.sample else 3
        width = width + 1 if self.slip() else width
        self.put(f"inputs = keras.Input({shape})")
        if kind == "table":
            self.put("h = layers.Dense(2, activation='relu')(inputs)")
            self.put(f"h = layers.Dense({width})(h)")
        elif kind == "image":
            pad = "valid" if self.slip() else "same"
            self.put(f"h = layers.Conv2D(2, 3, activation='relu', padding={pad!r})(inputs)")
            self.put("h = layers.MaxPooling2D()(h)")
            if not self.slip():
                self.put("h = layers.UpSampling2D()(h)")
            self.put(f"h = layers.Conv2D({width}, 3, activation='sigmoid', padding='same')(h)")
        else:
            sequences = "" if self.slip() else ", return_sequences=True"
            self.put(f"h = layers.LSTM(3{sequences})(inputs)")
            self.put(
                self.pick((f"h = layers.TimeDistributed(layers.Dense({width}))(h)", f"h = layers.Dense({width})(h)"))
            )
        self.put("model = keras.Model(inputs, h)")
        self.compile(
            repr(self.pick(("mse", "binary_crossentropy", "mae"))), self.pick((None, "['mae']", "['accuracy']"))
        )
        self.train("x", "x")

    def _two_inputs(self) -> None:
        a, b = self.pick((2, 3)), self.pick((3, 4))
        rows = self.n - 1 if self.slip() else self.n
        self.put(f"xa = {self.floats((self.n, a))}")
        self.put(f"xb = {self.floats((rows, b))}")
        found = self.targets()
        units, activation = self.head(found)
        self.put(f"ia = keras.Input(({a},), name='a')")
        self.put(f"ib = keras.Input(({b},), name='b')")
        self.put(f"h = layers.Concatenate()([ia, ib])\nh = {self.dense(units, activation)}(h)")
        self.put(
            f"model = keras.Model({self.pick(('[ia, ib]', '[ia, ib]', '(ia, ib)', dict_of('a', 'ia', 'b', 'ib')))}, h)"
        )
        self.compile(self.loss(found), self.metrics(found))
        x = "[xa, xb]"
        if self.chance(30):
            x = self.pick(("{'a': xa, 'b': xb}", "(xa, xb)"))
        if self.slip():
            x = self.pick(
                ("xa", "[xa]", "[xb, xa]", "{'a': xa}", "{'a': xa, 'c': xb}", "[xa, xb, xb]", "np.array([xa, xa])")
            )
        self.train(x, "y", nested=True)

    def _two_outputs(self) -> None:
        self.table()
        first, second = self.targets("ya"), self.targets("yb")
        shape = self.shape_text("table")
        self.put(f"inputs = keras.Input({shape})")
        self.put("h = layers.Dense(4)(inputs)")
        names = [self.pick(("", ", name='p'")), self.pick(("", ", name='q'"))]
        self.put(f"oa = {self.dense(*self.head(first), names[0])}(h)")
        self.put(f"ob = {self.dense(*self.head(second), names[1])}(h)")
        outputs = self.pick(("[oa, ob]", "[oa, ob]", "(oa, ob)", dict_of("p", "oa", "q", "ob")))
        self.put(f"model = keras.Model(inputs, {outputs})")
        la, lb = self.loss(first), self.loss(second)
        named = all(names) or outputs.startswith("{")
        losses = [f"[{la}, {lb}]", f"{la}", f"[{la}, None]"]
        if named:
            losses += [dict_of("p", str(la), "q", str(lb))] * 2
            if self.slip():
                losses = [dict_of("p", str(la), "r", str(lb)), f"{{'p': {la}}}"]
        if self.slip():
            losses = [f"[{la}]", f"[{la}, {lb}, {la}]"]
        metrics = self.pick(
            (None, None, "['accuracy', 'mae']", "['mae']", "[['mae'], ['accuracy']]", "[['mae'], None]")
        )
        if named and self.chance(30):
            metrics = self.pick(("{'p': ['mae']}", "{'q': 'accuracy'}", "{'p': 'mae', 'q': ['mse']}"))
        self.compile(self.pick(losses), metrics)
        y = "[ya, yb]"
        if self.chance(25):
            y = self.pick(("(ya, yb)", "{'p': ya, 'q': yb}" if named else "[ya, yb]"))
        if self.slip():
            y = self.pick(
                ("ya", "[ya]", "[yb, ya]", "{'p': ya}", "np.array([1, 2])", "[ya, yb, yb]", "np.hstack([ya, yb])")
            )
        self.train("x", y, nested=True)


def dict_of(first: str, a: str, second: str, b: str) -> str:
    """A dictionary of two entries."""
    return f"{{{first!r}: {a}, {second!r}: {b}}}"


def program(seed: int) -> str:
    """The program of a seed."""
    return Generator(random.Random(seed)).program()

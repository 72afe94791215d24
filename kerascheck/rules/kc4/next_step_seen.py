"""KC495: the model sees the steps that it is to predict."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.data.array import Array
from kerascheck.data.training import FITTING, training_data
from kerascheck.diagnostics import Severity
from kerascheck.network.ir import BuiltinLayer, Layer, Node, Tensor
from kerascheck.network.program import Program, TrainCall
from kerascheck.rules._related import made_layer
from kerascheck.rules._training import call_node
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds

#: Layers that work on each step by itself.
_STEPWISE = frozenset(
    {
        "Activation", "Add", "AlphaDropout", "Average", "BatchNormalization", "Dense", "Dropout", "ELU", "Embedding",
        "GaussianDropout", "GaussianNoise", "Identity", "LayerNormalization", "LeakyReLU", "Masking", "Multiply",
        "PReLU", "RMSNormalization", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "TimeDistributed",
    }
)  # fmt: skip
_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
#: Arguments of attention that hide nothing.
_WITHOUT_MASK = frozenset({"query", "value", "key", "training", "return_attention_scores"})
_ATTENTION = frozenset({"MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"})


class NextStepSeen(Rule):
    """The model sees the steps that it is meant to predict.

    ## What it does

    Looks at models that give an answer for each step of a sequence. It reports two ways in which the answer is among
    the inputs: the targets are the same array as one of several inputs, as where the targets of a decoder are not
    shifted; or they are the inputs one step later (`x[:, :-1]` and `x[:, 1:]`), and a layer on the way looks at later
    steps: attention without `use_causal_mask` and `attention_mask`, `Bidirectional`, or `Conv1D` with `padding="same"`.

    ## Why it is bad

    The model learns to copy what it is shown. The loss falls to almost nothing, also that of the validation data. In
    use, where the next step is not there yet, it has learned nothing.

    ## Example

    ```python
    import numpy as np
    from keras import Input, Model, layers

    words = np.random.randint(0, 1000, (64, 21))
    inputs = Input((20,))
    x = layers.Embedding(1000, 32)(inputs)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 16)(x, x)])
    model = Model(inputs, layers.Dense(1000, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(words[:, :-1], words[:, 1:])
    ```

    ## Use instead

    ```python
    import numpy as np
    from keras import Input, Model, layers

    words = np.random.randint(0, 1000, (64, 21))
    inputs = Input((20,))
    x = layers.Embedding(1000, 32)(inputs)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 16)(x, x, use_causal_mask=True)])
    model = Model(inputs, layers.Dense(1000, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(words[:, :-1], words[:, 1:])
    ```

    ## References

    - [Keras: MultiHeadAttention](https://keras.io/api/layers/attention_layers/multi_head_attention/)
    - [Vaswani et al.: Attention Is All You Need](https://arxiv.org/abs/1706.03762)
    """

    code = "KC495"
    name = "next-step-seen"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        for call in program.trainings:
            if call.method not in FITTING or call.network.open is not None or len(call.outputs) != 1:
                continue
            data = training_data(call)
            given = data.x if isinstance(data.x, list) else [data.x]
            if data.is_stream or not isinstance(data.y, Array) or len(given) != len(call.inputs):
                continue
            for x, tensor in zip(given, call.inputs, strict=True):
                message, layer = _seen(call, x, data.y, tensor, len(given))
                if message is not None:
                    yield Finding(call.site, message, related=tuple(made_layer(layer)) if layer is not None else ())
                    break

    VALID = [
        # no step sees a later one
        """
import numpy as np
from keras import Input, Model, layers
words = np.random.randint(0, 100, (64, 21))
i = Input((20,))
x = layers.Embedding(100, 8)(i)
x = layers.Add()([x, layers.MultiHeadAttention(2, 4)(x, x, use_causal_mask=True)])
x = layers.LSTM(8, return_sequences=True)(layers.Conv1D(8, 3, padding="causal")(x))
model = Model(i, layers.Dense(100, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(words[:, :-1], words[:, 1:])
""",
        # a mask of the program
        """
import numpy as np
from keras import Input, Model, layers
words, mask = np.random.randint(0, 100, (64, 21)), np.tril(np.ones((20, 20)))
i = Input((20,))
x = layers.Embedding(100, 8)(i)
x = layers.MultiHeadAttention(2, 4)(x, x, attention_mask=mask)
model = Model(i, layers.Dense(100, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(words[:, :-1], words[:, 1:])
""",
        # a decoder whose targets are one step later
        """
import numpy as np
from keras import Input, Model, layers
source, target = np.random.randint(0, 50, (64, 10)), np.random.randint(0, 50, (64, 13))
e, d = Input((10,)), Input((12,))
_, h, c = layers.LSTM(8, return_state=True)(layers.Embedding(50, 4)(e))
x = layers.LSTM(8, return_sequences=True)(layers.Embedding(50, 4)(d), initial_state=[h, c])
model = Model([e, d], layers.Dense(50, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit([source, target[:, :-1]], target[:, 1:])
""",
        # it looks at all steps of other data; labels of each word
        """
import numpy as np
from keras import Sequential, layers
words, kinds = np.random.randint(0, 50, (64, 10)), np.random.randint(0, 5, (64, 10))
model = Sequential([
    layers.Input((10,)), layers.Embedding(50, 4), layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
    layers.Dense(5, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(words, kinds)
""",
        # an autoencoder has one vector for all steps, and one input
        """
import numpy as np
from keras import Sequential, layers
words = np.random.randint(0, 50, (64, 10))
model = Sequential([
    layers.Input((10,)), layers.Embedding(50, 4), layers.LSTM(4), layers.RepeatVector(10),
    layers.LSTM(4, return_sequences=True), layers.Dense(50, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(words, words)
""",
        # one that gets a condition, too
        """
import numpy as np
from keras import Input, Model, layers
x, kind = np.random.rand(64, 10), np.random.rand(64, 3)
i, k = Input((10,)), Input((3,))
code = layers.Dense(2)(layers.Concatenate()([i, k]))
model = Model([i, k], layers.Dense(10)(layers.Concatenate()([code, k])))
model.compile("adam", "mse")
model.fit([x, kind], x)
""",
    ]
    INVALID = [
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
words = np.random.randint(0, 100, (64, 21))
i = Input((20,))
x = layers.Embedding(100, 8)(i)
x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 4, name="attention")(x, x))
model = Model(i, layers.Dense(100, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(words[:, :-1], words[:, 1:])
""",
            [
                (
                    10,
                    "the targets are the inputs one step later, and 'attention' (MultiHeadAttention) looks at later "
                    "steps, so the model copies them; pass use_causal_mask=True",
                )
            ],
        ),
        # other layers that look ahead
        Invalid(
            """
import numpy as np
from keras import Sequential, layers
series = np.random.rand(64, 21, 3)
both = layers.Bidirectional(layers.GRU(4, return_sequences=True), name="both")
model = Sequential([layers.Input((20, 3)), both, layers.Dense(3)])
model.compile("adam", "mse")
model.fit(series[:, :-1], series[:, 1:])
model = Sequential([layers.Input((20, 3)), layers.Conv1D(4, 3, padding="same", name="around"), layers.Dense(3)])
model.compile("adam", "mse")
model.fit(series[:, :20], series[:, 1:])
""",
            [
                (
                    8,
                    "the targets are the inputs one step later, and 'both' (Bidirectional) looks at later "
                    "steps, so the "
                    "model copies them; use it in one direction",
                ),
                (
                    11,
                    "the targets are the inputs one step later, and 'around' (Conv1D) looks at later steps, "
                    "so the model "
                    'copies them; use padding="causal"',
                ),
            ],
        ),
        # a decoder that is given what it is to say
        Invalid(
            """
import numpy as np
from keras import Input, Model, layers
source, target = np.random.randint(0, 50, (64, 10)), np.random.randint(0, 50, (64, 12))
e, d = Input((10,)), Input((12,), name="words")
_, h, c = layers.LSTM(8, return_state=True)(layers.Embedding(50, 4)(e))
x = layers.LSTM(8, return_sequences=True)(layers.Embedding(50, 4)(d), initial_state=[h, c])
model = Model([e, d], layers.Dense(50, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit([source, target], target)
""",
            [
                (
                    10,
                    "the targets are the input 'words' itself, step by step, so the model copies them; begin "
                    "the targets "
                    "one step later, x[:, :-1] and x[:, 1:]",
                )
            ],
        ),
    ]


#: What to do about the layers that look at later steps.
_ADVICE = {
    "Bidirectional": "use it in one direction",
    "Conv1D": 'use padding="causal"',
    **dict.fromkeys(_ATTENTION, "pass use_causal_mask=True"),
}


def _seen(call: TrainCall, x: object, y: Array, tensor: Tensor, count: int) -> tuple[str | None, Layer | None]:
    """What is wrong with this input, and the layer that makes it so."""
    if not isinstance(x, Array):
        return None, None
    if count > 1 and x.is_unchanged(y):
        if not isinstance(x.shape, tuple) or len(x.shape) < 2 or not list(_ways(call, tensor)):
            return None, None
        name = tensor.node.layer.name if tensor.node is not None else "x"
        return (
            f"the targets are the input {name!r} itself, step by step, so the model copies them; begin the targets "
            "one step later, x[:, :-1] and x[:, 1:]",
            None,
        )
    layer = next(filter(None, _ways(call, tensor)), None) if _is_later(x, y) else None
    if layer is None:
        return None, None
    return (
        f"the targets are the inputs one step later, and {layer.name!r} ({layer.cls}) looks at later steps, so the "
        f"model copies them; {_ADVICE[layer.cls]}",
        layer,
    )


def _is_later(x: Array, y: Array) -> bool:
    """Whether both are steps of one array, and the targets begin one step later."""
    one, other = x.content.origin, y.content.origin
    if one is None or other is None or one.kind != "steps" or other.kind != "steps" or one.state is not other.state:
        return False
    if not isinstance(one.axis, tuple) or not isinstance(other.axis, tuple):
        return False
    begin, end = one.axis
    later, _ = other.axis
    return bool(begin >= 0 and later == begin + 1 and (end is None or end < 0 or end > later))


def _ways(call: TrainCall, tensor: Tensor) -> Iterator[Layer | None]:
    """The ways on which layers lead from the input to the output step by step, as far as they are known.

    For each the first layer that looks at later steps; None where there is none.
    """
    waiting: list[tuple[Tensor, Layer | None]] = [(tensor, None)]
    seen: set[tuple[int, bool]] = set()
    while waiting:
        here, ahead = waiting.pop()
        if (id(here), ahead is None) in seen:
            continue
        seen.add((id(here), ahead is None))
        if here is call.outputs[0] and here is not tensor:
            yield ahead
            continue
        for node in call.nodes:
            kind = _kind(node) if any(one is here for one in node.inputs) else None
            if kind is not None and node.layer.cls != "InputLayer":
                waiting.append((node.outputs[0], ahead or (node.layer if kind == "ahead" else None)))


def _kind(node: Node) -> str | None:
    """How the call treats steps: "stepwise", "back" (it looks at those before), "ahead"; None where it is not known."""
    layer, shape = node.layer, node.outputs[0].shape
    if layer.unknown is not None or not isinstance(shape, tuple) or len(shape) != 3:
        return None
    if layer.cls in _STEPWISE:
        return "stepwise"
    if not isinstance(layer, BuiltinLayer):
        return None
    config = layer.config
    if layer.cls == "Concatenate":
        return "stepwise" if config.get("axis") in (-1, 2) else None
    if layer.cls in _RECURRENT:
        is_plain = config.get("return_sequences") is True and config.get("go_backwards", False) is False
        return "back" if is_plain else None
    if layer.cls == "Bidirectional":
        return "ahead"
    if layer.cls == "Conv1D":
        return _kind_of_window(config.get("padding"), config.get("kernel_size"))
    if layer.cls in _ATTENTION:
        return _kind_of_attention(node)
    return None


def _kind_of_window(padding: object, size: object) -> str | None:
    if padding == "causal" or size in (1, (1,)):
        return "back"
    return "ahead" if padding == "same" and (size if isinstance(size, int) else 2) > 1 else None


def _kind_of_attention(node: Node) -> str | None:
    """Attention of a sequence to itself; where a mask is given, what it hides is not known."""
    written = None if node.site is None else call_node(node.site)
    if written is None or len({id(tensor) for tensor in node.inputs}) != 1:
        return None
    names = {arg.keyword.value for arg in written.args if arg.keyword is not None}
    return "ahead" if names <= _WITHOUT_MASK and not any(arg.star for arg in written.args) else None

"""KC223: An `Embedding` has fewer rows than the layer before it outputs numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kerascheck.data.array import Array
from kerascheck.diagnostics import Severity
from kerascheck.layers.base import Config
from kerascheck.machine.values import ListValue
from kerascheck.network.ir import BuiltinLayer, Layer, Tensor
from kerascheck.network.program import Program
from kerascheck.rules._graph import SAME_VALUES, config_size
from kerascheck.rules._related import made_layer
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.symbolic.unknown import Unknown

#: Which layers that give numbers take how many of them from which argument.
_SIZES = {"Hashing": "num_bins", **dict.fromkeys(("TextVectorization", "StringLookup", "IntegerLookup"), "max_tokens")}


class VocabularyBeyondEmbedding(Rule):
    """An `Embedding` has fewer rows than the layer before it outputs numbers.

    ## What it does

    Compares `input_dim` of an `Embedding` with the numbers that `TextVectorization`, `StringLookup`, `IntegerLookup` or
    `Hashing` give it: by their `max_tokens` or `num_bins`, or by a vocabulary that the program spells out. A limit says
    nothing where the program spells out the data that the words are taken from.

    ## Why it is bad

    TensorFlow raises InvalidArgumentError on a CPU, as soon as one of the tokens beyond comes up, which may be late in
    an epoch. On a GPU the rows that are missing are zeros and nothing is said. A vocabulary needs more rows than it has
    words: one for each that is unknown, and one for the mask or padding.

    ## Example

    ```python
    from keras import Input, Sequential, layers

    model = Sequential([
        Input((1,), dtype="string"), layers.StringLookup(vocabulary=["red", "green", "blue"]), layers.Embedding(3, 8),
    ])
    ```

    ## Use instead

    ```python
    from keras import Input, Sequential, layers

    lookup = layers.StringLookup(vocabulary=["red", "green", "blue"])
    model = Sequential([
        Input((1,), dtype="string"), lookup, layers.Embedding(lookup.vocabulary_size(), 8),
    ])
    ```

    ## References

    - [Keras: StringLookup](https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/)
    - [Keras: TextVectorization](https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/)
    """

    code = "KC223"
    name = "vocabulary-beyond-embedding"
    severity = Severity.WARNING

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        told: set[int] = set()
        for layer, source in _embedded(program):
            rows, count = config_size(layer, "input_dim"), _numbers_of(source, program)
            if layer.site is None or id(layer) in told or not isinstance(rows, int) or count is None or count <= rows:
                continue
            told.add(id(layer))
            yield Finding(
                layer.site,
                f"{source.name!r} ({source.cls}) outputs numbers up to {count - 1}; {layer.name!r} (Embedding) has "
                f"input_dim={rows}, for the numbers 0 to {rows - 1}; use input_dim={count}",
                related=tuple(made_layer(source)),
            )

    VALID = [
        # as many rows as numbers
        """
from keras import Input, Sequential, layers
lookup = layers.StringLookup(vocabulary=["red", "green", "blue"])
model = Sequential([Input((1,), dtype="string"), lookup, layers.Embedding(4, 8)])
""",
        # without a number for unknown words
        """
from keras import Input, Sequential, layers
lookup = layers.StringLookup(vocabulary=["red", "green", "blue"], num_oov_indices=0)
model = Sequential([Input((1,), dtype="string"), lookup, layers.Embedding(3, 8)])
""",
        # how many words there are is not known
        """
from elsewhere import texts, words
from keras import Input, Sequential, layers
vectorize = layers.TextVectorization(output_sequence_length=10)
vectorize.adapt(texts)
model = Sequential([Input((1,), dtype="string"), vectorize, layers.Embedding(100, 8)])
lookup = layers.StringLookup(vocabulary=words)
model = Sequential([Input((1,), dtype="string"), lookup, layers.Embedding(100, 8)])
""",
        # the same limit, and more rows than numbers
        """
from elsewhere import texts
from keras import Input, Sequential, layers
vectorize = layers.TextVectorization(max_tokens=1000, output_sequence_length=10)
vectorize.adapt(texts)
model = Sequential([Input((1,), dtype="string"), vectorize, layers.Embedding(1000, 8)])
hashed = Sequential([Input((1,), dtype="string"), layers.Hashing(num_bins=50), layers.Embedding(64, 8)])
""",
        # few words are found, whatever the limit
        """
from keras import Input, Sequential, layers
vectorize = layers.TextVectorization(max_tokens=50, output_sequence_length=6)
vectorize.adapt(["a b c", "b c d"])
model = Sequential([Input((1,), dtype="string"), vectorize, layers.Embedding(20, 4)])
""",
        # indicators, and not numbers
        """
from keras import Input, Sequential, layers
lookup = layers.StringLookup(vocabulary=["red", "green", "blue"], output_mode="multi_hot")
model = Sequential([Input((1,), dtype="string"), lookup, layers.Embedding(2, 8)])
""",
    ]
    INVALID = [
        Invalid(
            """
from keras import Input, Sequential, layers
model = Sequential([
    Input((1,), dtype="string"),
    layers.StringLookup(vocabulary=["red", "green", "blue"]),
    layers.Embedding(3, 8),
])
""",
            [
                (
                    6,
                    "'string_lookup' (StringLookup) outputs numbers up to 3; 'embedding' (Embedding) has "
                    "input_dim=3, for the numbers 0 to 2; use input_dim=4",
                )
            ],
        ),
        # a mask has a number as well; others by their limits
        Invalid(
            """
from elsewhere import texts
from keras import Input, Model, layers
numbers = Input((1,), dtype="int64")
known = layers.IntegerLookup(vocabulary=[10, 20], mask_token=0, name="known")(numbers)
first = layers.Embedding(3, 4, name="first")(layers.Flatten()(known))
vectorize = layers.TextVectorization(max_tokens=1000, output_sequence_length=10, name="words")
vectorize.adapt(texts)
words = Input((1,), dtype="string")
second = layers.Embedding(100, 4, name="second")(vectorize(words))
third = layers.Embedding(40, 4, name="third")(layers.Hashing(num_bins=50, name="hashed")(words))
model = Model([numbers, words], [first, second, third])
""",
            [
                (
                    6,
                    "'known' (IntegerLookup) outputs numbers up to 3; 'first' (Embedding) has input_dim=3, for the "
                    "numbers 0 to 2; use input_dim=4",
                ),
                (
                    10,
                    "'words' (TextVectorization) outputs numbers up to 999; 'second' (Embedding) has input_dim=100, "
                    "for the numbers 0 to 99; use input_dim=1000",
                ),
                (
                    11,
                    "'hashed' (Hashing) outputs numbers up to 49; 'third' (Embedding) has input_dim=40, for the "
                    "numbers 0 to 39; use input_dim=50",
                ),
            ],
        ),
    ]


def _embedded(program: Program) -> Iterator[tuple[Layer, BuiltinLayer]]:
    """The embeddings of all networks, each with the layer that gives it numbers."""
    for network in program.networks:
        for node in network.nodes:
            source = _numbering(node.inputs[0]) if node.layer.cls == "Embedding" and len(node.inputs) == 1 else None
            if source is not None:
                yield node.layer, source


def _numbering(tensor: Tensor) -> BuiltinLayer | None:
    """The layer that has made the numbers in the tensor, which no other layer has changed."""
    for _ in range(10):
        node = tensor.node
        if node is None or len(node.inputs) != 1:
            return None
        layer = node.layer
        if layer.cls in _SIZES:
            return layer if isinstance(layer, BuiltinLayer) else None
        if layer.cls not in SAME_VALUES:
            return None
        tensor = node.inputs[0]
    return None


def _numbers_of(layer: BuiltinLayer, program: Program) -> int | None:
    """How many numbers the layer gives, from 0 on; None where that is not known."""
    config = layer.config
    if config.get("output_mode", "int") != "int" or config.get("invert", False) is not False:
        return None
    vocabulary = config.get("vocabulary")
    if isinstance(vocabulary, ListValue) and vocabulary.unknown is None:
        vocabulary = vocabulary.items
    if isinstance(vocabulary, (list, tuple)):
        return len(vocabulary) + _special(config) if _are_words(vocabulary) else None
    size = config_size(layer, _SIZES[layer.cls])
    is_limit = layer.cls != "Hashing"
    if vocabulary is not None or not isinstance(size, int) or (is_limit and _is_spelled_out(layer, program)):
        return None
    return size


def _are_words(vocabulary: Sequence[object]) -> bool:
    """Whether these are words, each once, and none of those that stand for no word."""
    plain = all(type(word) in (str, int) for word in vocabulary)
    return plain and len(set(vocabulary)) == len(vocabulary) and not {"", "[UNK]", -1}.intersection(vocabulary)


def _special(config: Config) -> int:
    """How many numbers stand for no word: unknown ones, and the mask."""
    if "num_oov_indices" not in config:
        return 2  # texts are padded with 0
    unknown, mask = config["num_oov_indices"], config["mask_token"]
    return (unknown if type(unknown) is int else 0) + (mask is not None and not isinstance(mask, Unknown))


def _is_spelled_out(layer: Layer, program: Program) -> bool:
    """Whether a layer of this kind has learned from data that the program spells out: there may be few words in it."""
    steps = [step for step in program.preparations if step.kind == "fit" and step.name == layer.qualname]
    return not steps or any(isinstance(step.subject, (ListValue, Array)) for step in steps)

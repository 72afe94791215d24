"""Texts as numbers: `keras.preprocessing.text`, `pad_sequences`.

Source: keras/src/legacy/preprocessing/text.py, keras/src/utils/sequence_utils.py (Keras 3.15). Texts that the source
spells out are numbered as Keras does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kerascheck.data.array import Array, is_float
from kerascheck.data.content import FITTED, FITTED_ON, Content, union
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.registry import Function
from kerascheck.data.samples import as_dim, count_of, is_real, note_cut, prepared, rows_of, unknown_of_length
from kerascheck.data.values import as_array, dtype_of, fresh_key, fresh_size, grown, new_array
from kerascheck.machine.run import Run
from kerascheck.machine.sequences import NotPlain, to_python
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Dim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_MAX_CHARACTERS = 100_000  # of texts that are looked into


# -- words --------------------------------------------------------------------------------------------------------


class _Reading(NamedTuple):
    """How texts are divided into words."""

    filters: str = _FILTERS
    lower: bool = True
    split: str = " "
    by_character: bool = False

    def words(self, text: str) -> list[str]:
        """The words (or characters) of a text. Source: `text_to_word_sequence`."""
        if self.lower:
            text = text.lower()
        if self.by_character:
            return list(text)
        text = text.translate({ord(character): self.split for character in self.filters})
        return [word for word in text.split(self.split) if word]


def _reading(values: dict[str, Value]) -> _Reading | None:
    """How texts are read, from the arguments of that name; None where that is not known."""
    reading = _Reading(
        values.get("filters", _FILTERS), values.get("lower", True), values.get("split", " "),
        values.get("char_level", False),
    )  # fmt: skip
    plain = isinstance(reading.filters, str) and isinstance(reading.split, str) and reading.split
    if plain and isinstance(reading.lower, (bool, int)) and isinstance(reading.by_character, (bool, int)):
        return reading
    return None


def _text_to_words(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`text_to_word_sequence(text, filters=, lower=, split=)`."""
    text, reading = arguments.value("input_text", 0, arguments.value("text")), _reading(_named(arguments))
    if isinstance(text, str) and reading is not None and len(text) <= _MAX_CHARACTERS:
        return run.new_list(reading.words(text))
    return run.unknown_list("the words of a text that is not known")


def _named(arguments: Arguments) -> dict[str, Value]:
    """Keyword arguments; positional ones are rare here and make the reading unknown."""
    values = {name: given.value for name, given in arguments.keywords.items()}
    if len(arguments.positional) > 2 or arguments.open_keywords or arguments.open_positional:
        values["filters"] = None
    return values


def _hashed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`one_hot(text, n)` and `hashing_trick`: a list of numbers from 1 to n - 1, one for each word."""
    text, limit = arguments.value("input_text", 0, arguments.value("text")), arguments.value("n", 1)
    reading = _reading(_named(arguments))
    count: Dim = None
    if isinstance(text, str) and reading is not None and len(text) <= _MAX_CHARACTERS:
        count = len(reading.words(text))
    if count is None or "analyzer" in arguments.keywords:
        count = fresh_size(run, "len(words)", site)
    content = Content(1, limit - 1 if isinstance(limit, int) else None)
    return new_array(run, (count,), "int64", content=content, kind="list")


# -- Tokenizer ----------------------------------------------------------------------------------------------------


def _option(thing: DataObject, name: str, position: int | None = None, default: Value = None) -> Value:
    return thing.arguments.value(name, position, default)


def _number_of_words(thing: DataObject) -> Value:
    words = _option(thing, "num_words", 0)
    return _option(thing, "nb_words") if words is None else words


def _tokenizer(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    made = make_object(run, "keras.preprocessing.text.Tokenizer", arguments, site)
    made.attributes["num_words"] = _number_of_words(made)
    if name.endswith("from_json"):
        made.attributes["num_words"] = run.fresh("num_words of a tokenizer that is loaded", site.node)
    _set_index(run, made, None, fresh_key(run, site))
    return made


def _set_index(run: Run, thing: DataObject, words: dict[str, int] | None, key: Any) -> None:
    """What the program may read of the vocabulary."""
    if words is not None:
        thing.attributes["word_index"] = run.new_dict(dict(words.items()))
        thing.attributes["index_word"] = run.new_dict({number: word for word, number in words.items()})
        thing.learn(run, words=words, size=len(words))
        return
    size = thing.size("word_index", key)
    name = thing.name or "Tokenizer()"
    for attribute in ("word_index", "index_word", "word_counts", "word_docs"):
        thing.attributes[attribute] = unknown_of_length("a vocabulary", (attribute, key), size, f"{name}.{attribute}")
    thing.learn(run, words=None, size=size)


def _fit(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`fit_on_texts(texts)`: a word for each number from 1, the commonest first."""
    counts = thing.recall("counts") if "counts" in thing.state else {}
    texts = _plain_texts(arguments.value("texts", 0))
    reading = _reading({name: given.value for name, given in thing.arguments.keywords.items()})
    words: dict[str, int] | None = None
    if counts is not None and texts is not None and reading is not None and _is_simple(thing):
        counts = dict(counts)
        for text in texts:
            for word in reading.words(text) if isinstance(text, str) else _lowered(text, reading):
                counts[word] = counts.get(word, 0) + 1
        ordered = sorted(counts, key=lambda word: -counts[word])
        oov = _option(thing, "oov_token")
        if isinstance(oov, str):
            ordered.insert(0, oov)
        words = {word: number for number, word in enumerate(ordered, 1)}
        thing.learn(run, counts=counts)
    else:
        thing.state["counts"] = None
    _note_letters(run, thing, "fit_on_texts", arguments, site)
    prepared(run, "fit", thing.qualname, [arguments.value("texts", 0)], site, arguments)
    step = len(run.program.preparations) - 1
    is_first = "step" not in thing.state
    _set_index(run, thing, words, fresh_key(run, site))
    thing.learn(run, step=step if is_first else None)  # it learns the words of further texts in addition
    return None


def _learned(run: Run, thing: DataObject, texts: Value) -> frozenset[str]:
    """The tags of numbers that stand for the words of `texts`."""
    step = thing.recall("step")
    if step is None:
        return frozenset()
    own = run.program.preparations[step].subject is texts if step < len(run.program.preparations) else False
    return frozenset((f"{FITTED}{step}", f"{FITTED_ON}{step}") if own else (f"{FITTED}{step}",))


def _is_simple(thing: DataObject) -> bool:
    """Whether nothing in the construction makes the numbering depend on something that is not known."""
    oov, limit = _option(thing, "oov_token"), _number_of_words(thing)
    is_open = thing.arguments.open_keywords or thing.arguments.open_positional or len(thing.arguments.positional) > 1
    plain = (oov is None or isinstance(oov, str)) and (limit is None or isinstance(limit, int))
    return plain and not is_open and "analyzer" not in thing.arguments.keywords


def _plain_texts(value: Value) -> list[Any] | None:
    """Texts, or lists of words, that the source spells out."""
    try:
        texts = to_python(value)
    except NotPlain:
        return None
    if isinstance(texts, str) or not isinstance(texts, (list, tuple)):
        return None
    parts = [text if isinstance(text, str) else "".join(map(str, text)) for text in texts if _is_text(text)]
    if len(parts) < len(texts) or sum(map(len, parts)) > _MAX_CHARACTERS:
        return None
    return list(texts)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(word, str) for word in value))


def _lowered(words: list[str], reading: _Reading) -> list[str]:
    return [word.lower() for word in words] if reading.lower else words


def _note_letters(run: Run, thing: DataObject, name: str, arguments: Arguments, site: Site) -> None:
    """Note one text in place of a list of texts: its letters are taken for texts."""
    is_one = isinstance(arguments.value("texts", 0), str)
    if is_one and _option(thing, "char_level") in (None, False) and not thing.arguments.open_keywords:
        prepared(run, "letters", name, [], site, arguments)


def _to_sequences(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`texts_to_sequences(texts)`: a list of lists of numbers."""
    value = arguments.value("texts", 0)
    _note_letters(run, thing, "texts_to_sequences", arguments, site)
    numbers = _numbered(thing, _plain_texts(value))
    if numbers is not None:
        made = run.new_list([run.new_list(one) for one in numbers])
        made.tags = _learned(run, thing, value)
        return made
    count = count_of(run, value)
    if count is None:
        count = fresh_size(run, "?.shape[0]", site)
    limit, size = _number_of_words(thing), thing.recall("size")
    high = limit - 1 if isinstance(limit, int) and limit else size if isinstance(size, int) else None
    content = Content(1, high, tags=_learned(run, thing, value))
    return new_array(run, (count,), "object", content=content, kind="list", rows=rows_of(run, value))


def _numbered(thing: DataObject, texts: list[Any] | None) -> list[list[int]] | None:
    """The numbers of the words of texts. Source: `Tokenizer.texts_to_sequences_generator`."""
    words = thing.recall("words")
    reading = _reading({name: given.value for name, given in thing.arguments.keywords.items()})
    if texts is None or words is None or reading is None:
        return None
    limit, unknown = _number_of_words(thing), words.get(_option(thing, "oov_token"))
    made: list[list[int]] = []
    for text in texts:
        numbers: list[int] = []
        for word in reading.words(text) if isinstance(text, str) else _lowered(text, reading):
            number = words.get(word)
            if number is None or (limit and number >= limit):
                number = unknown
            if number is not None:
                numbers.append(number)
        made.append(numbers)
    return made


def _to_matrix(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    """`texts_to_matrix(texts, mode)` and `sequences_to_matrix`: a column for each number of a word."""
    value = arguments.value("texts", 0, arguments.value("sequences"))
    count, limit, size = count_of(run, value), _number_of_words(thing), thing.recall("size")
    columns = as_dim(limit) if limit else size + 1 if size is not None else None
    if count is None:
        count = fresh_size(run, "?.shape[0]", site)
    if columns is None:
        columns = fresh_size(run, "?.shape[1]", site)
    mode = arguments.value("mode", 1, "binary")
    content = Content(0, 1 if mode in ("binary", "freq") else None, tags=_learned(run, thing, value))
    return new_array(run, (count, columns), "float64", content=content, rows=rows_of(run, value))


def _to_texts(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    return run.unknown_list("texts that are decoded")


def _nothing(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    return None


def _json(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
    return run.fresh("a tokenizer as text", site.node)


# -- pad_sequences --------------------------------------------------------------------------------------------------


def _pad(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`pad_sequences(sequences, maxlen=None, dtype="int32", padding=, truncating=, value=0.0)`."""
    value = arguments.value("sequences", 0)
    longest = arguments.value("maxlen", 1)
    dtype = dtype_of(arguments.value("dtype", 2, "int32")) or "int32"
    filling = arguments.value("value", 5, 0.0)
    count = count_of(run, value)
    if count is None:
        count = fresh_size(run, "?.shape[0]", site)
    inner = _inner(run, value)
    length = as_dim(longest) if longest is not None else inner.longest
    if length is None:
        length = fresh_size(run, "?.shape[1]", site)
    content = union(inner.content, Content.of_values([filling])) if is_real(filling) else Content()
    note_cut(run, name, Array(Unknown("numbers of sequences"), "float64", inner.content), dtype, site, arguments)
    whole = isinstance(inner.longest, int) and isinstance(length, int) and length >= inner.longest
    content.attained = inner.content.attained and (whole or inner.content.is_mass)  # nothing, or little, is cut off
    content.values = None
    content.tags = inner.content.tags | (value.tags if isinstance(value, ListValue) else frozenset())
    rows = rows_of(run, value)
    is_grown = isinstance(value, ListValue) and value.unknown is not None
    if inner.rest is None and (is_grown or isinstance(dtype, Unknown) or is_float(dtype)):
        # Sequences of what is not known may be sequences of vectors.
        return new_array(run, Unknown("sequences that are not known"), dtype, content=content, rows=rows)
    return new_array(run, (count, length, *(inner.rest or ())), dtype, content=content, rows=rows)


class _Inner(NamedTuple):
    """What is known of sequences: the length of the longest, the shape of one step, the numbers in them."""

    longest: Dim
    rest: tuple[Dim, ...] | None
    content: Content


def _inner(run: Run, value: Value) -> _Inner:
    if isinstance(value, ListValue) and value.unknown is None and value.items:
        arrays = [as_array(run, item) for item in value.items]
        shapes = [array.shape for array in arrays if array is not None and isinstance(array.shape, tuple)]
        if len(shapes) < len(arrays) or any(not shape for shape in shapes):
            return _Inner(None, None, Content())
        filled = [array for array in arrays if array is not None and array.shape and array.shape[0] != 0]  # type: ignore[index]
        content = filled[0].content.copy() if filled else Content()
        for other in filled[1:]:
            content = union(content, other.content)
        lengths = [shape[0] for shape in shapes]
        numbers = [length for length in lengths if isinstance(length, int)]
        rest = next((shape[1:] for shape in shapes if shape[0] != 0), ())
        return _Inner(max(numbers) if len(numbers) == len(lengths) else None, rest, content)
    array = grown(value) if isinstance(value, ListValue) and value.element is not None else as_array(run, value)
    if array is None or not isinstance(array.shape, tuple) or not array.shape:
        return _Inner(None, None, Content())
    if len(array.shape) == 1:
        return _Inner(None, () if _holds_numbers(array) else None, array.content)
    return _Inner(array.shape[1], array.shape[2:], array.content)


def _holds_numbers(array: Array) -> bool:
    """Whether the lists in a vector of lists are surely lists of numbers."""
    return array.content.low is not None


FUNCTIONS: dict[str, Function] = {
    "keras.utils.pad_sequences": _pad,
    "keras.preprocessing.sequence.pad_sequences": _pad,
    "keras.preprocessing.text.Tokenizer": _tokenizer,
    "keras.preprocessing.text.tokenizer_from_json": _tokenizer,
    "keras.preprocessing.text.text_to_word_sequence": _text_to_words,
    "keras.preprocessing.text.one_hot": _hashed,
    "keras.preprocessing.text.hashing_trick": _hashed,
}

OBJECTS: dict[str, Mapping[str, Method]] = {
    "keras.preprocessing.text.Tokenizer": {
        "fit_on_texts": _fit,
        "fit_on_sequences": _nothing,
        "texts_to_sequences": _to_sequences,
        "texts_to_matrix": _to_matrix,
        "sequences_to_matrix": _to_matrix,
        "sequences_to_texts": _to_texts,
        "to_json": _json,
        "get_config": _json,
    }
}

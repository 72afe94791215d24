"""What the rules about training over time, streams and loops claim, tried on the installed Keras and TensorFlow."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.rules import oracle

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

#: Rules that say that Keras or Python raises.
RAISING = ("KC438", "KC449", "KC451", "KC452")
#: What AutoGraph finds no source of, and what reads files.
_NOT_RUNNABLE = re.compile(r"if tf\.random|np\.load|read_csv")
#: Rules about what runs and goes wrong without a word.
SILENT = (
    "KC318", "KC319", "KC436", "KC437", "KC439", "KC440", "KC441", "KC443", "KC445",
    "KC446", "KC450", "KC454", "KC601", "KC602",
)  # fmt: skip


@pytest.fixture(scope="module")
def keras() -> Any:
    return oracle.keras()


@pytest.mark.parametrize("code", oracle.valid_examples(*RAISING, *SILENT))
def test_keras_takes_the_valid_code(keras: Any, code: str) -> None:
    if not _NOT_RUNNABLE.search(code):
        oracle.run(code)


@pytest.mark.parametrize(("rule", "code"), oracle.invalid_examples(*SILENT))
def test_nothing_fails_in_the_invalid_code(keras: Any, rule: Any, code: str) -> None:
    if not _NOT_RUNNABLE.search(code):
        oracle.run(code)


@pytest.mark.parametrize(("rule", "code"), oracle.invalid_examples(*RAISING, "KC442"))
def test_the_invalid_code_raises(keras: Any, rule: Any, code: str) -> None:
    with pytest.raises(Exception):  # noqa: B017 - TypeError, ValueError, KeyError, InvalidArgumentError
        oracle.run(code)


def _model(keras: Any) -> Any:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="low"), keras.layers.Dense(1, name="top")])


def _moved(model: Any, train: Any) -> float:
    import numpy as np

    before = model.layers[0].get_weights()[0].copy()
    train()
    return float(np.abs(model.layers[0].get_weights()[0] - before).max())


def test_the_step_of_the_first_training_is_used_again(keras: Any) -> None:
    import numpy as np

    x, y = np.random.rand(8, 4), np.random.rand(8, 1)
    model = _model(keras)
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    model.layers[0].trainable = True
    assert _moved(model, lambda: model.fit(x, y, verbose=0)) == 0
    model.compile("sgd", "mse")
    assert _moved(model, lambda: model.fit(x, y, verbose=0)) > 0
    model.layers[0].trainable = False
    assert _moved(model, lambda: model.fit(x, y, verbose=0)) > 0


def test_flags_count_when_the_training_begins_and_not_in_compile(keras: Any) -> None:
    import numpy as np

    model = _model(keras)
    model.compile("sgd", "mse")
    model.trainable = False
    assert _moved(model, lambda: model.train_on_batch(np.random.rand(8, 4), np.random.rand(8, 1))) == 0


def test_a_cache_keeps_what_was_drawn(keras: Any) -> None:
    import tensorflow as tf

    tf.random.set_seed(None)  # with one, each pass draws the same numbers anyway
    numbers = tf.data.Dataset.range(32).map(lambda n: tf.random.uniform(()))
    assert list(numbers) != list(numbers)
    cached = numbers.cache()
    assert list(cached) == list(cached)


def test_a_stream_is_shuffled_anew_in_each_pass(keras: Any) -> None:
    import tensorflow as tf

    def samples(part: Any) -> set[int]:
        return {int(number) for number in part}

    data = tf.data.Dataset.range(100).shuffle(100, seed=1)
    train, held = data.take(80), data.skip(80)
    samples(train)
    assert samples(train) & samples(held)
    data = tf.data.Dataset.range(100).shuffle(100, seed=1, reshuffle_each_iteration=False)
    assert not samples(data.take(80)) & samples(data.skip(80))


def test_schedules_count_batches(keras: Any) -> None:
    rate = keras.optimizers.schedules.CosineDecay(0.1, decay_steps=50)
    assert float(rate(50)) == float(rate(5000)) == 0.0
    rate = keras.optimizers.schedules.ExponentialDecay(0.001, decay_steps=10, decay_rate=0.9)
    assert f"{float(rate(2000)):.2g}" == "7.1e-13"


def test_softmax_over_the_batch_mixes_samples(keras: Any) -> None:
    import numpy as np

    x = np.random.rand(8, 5, 1).astype("float32")
    layer = keras.layers.Softmax(axis=0)
    assert not np.allclose(layer(x)[:1], layer(x[:1]))


@pytest.mark.parametrize(
    ("mask", "fits"), [((9, 12), True), ((1, 12), True), ((2, 9, 12), True), ((1, 9), False), ((12, 9), False)]
)
def test_attention_masks(keras: Any, mask: tuple[int, ...], fits: bool) -> None:
    import numpy as np

    from kerascheck.configuration.config import Settings
    from kerascheck.engine import check_source

    code = f"""
from keras import Input, layers
query, value, mask = Input((9, 8)), Input((12, 8)), Input({mask})
out = layers.MultiHeadAttention(2, 4)(query, value, attention_mask=mask)
"""
    found = check_source(code.encode(), "example.py", Settings()).diagnostics
    assert [d.code for d in found] == ([] if fits else ["KC209"])
    attention = keras.layers.MultiHeadAttention(2, 4)
    arguments = np.zeros((2, 9, 8)), np.zeros((2, 12, 8))
    if fits:
        attention(*arguments, attention_mask=np.ones((2, *mask)))
    else:
        with pytest.raises(Exception, match=r"must be equal|[Ii]ncompatible"):
            attention(*arguments, attention_mask=np.ones((2, *mask)))

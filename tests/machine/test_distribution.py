"""`tf.distribute`: functions that a strategy runs on its replicas build what they would build themselves."""

from __future__ import annotations

import pytest

from tests.machine.helpers import build, raised

HEAD = """
import numpy as np, tensorflow as tf
strategy = tf.distribute.{strategy}()
with strategy.scope():
    model = Sequential([Conv2D(3, 3), Flatten(), Dense(3)])
images, labels = np.zeros((64, 9, 9, 1)), np.zeros((64,))
stream = tf.data.Dataset.from_tensor_slices((images, labels)).batch(16)
"""
LOOPS = {
    "run": """
def step(batch):
    return model(batch[0])
for batch in strategy.experimental_distribute_dataset(stream):
    strategy.run(step, args=(batch,))
""",
    "in a function of TensorFlow": """
def step(images, labels):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(images, training=True)) + tf.reduce_mean(labels)
    return loss
@tf.function
def distributed(images, labels):
    losses = strategy.run(step, args=[images, labels])
    return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)
for a, b in strategy.experimental_distribute_dataset(stream):
    distributed(a, b)
""",
    "the name of old versions, arguments by name": """
def step(images, scale):
    return model(images * scale)
for a, _ in stream:
    strategy.experimental_run_v2(step, args=(a,), kwargs={"scale": 2.0})
""",
}


@pytest.mark.parametrize("strategy", ["MirroredStrategy", "get_strategy"])
@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_a_step_on_the_replicas_builds_the_model(strategy: str, loop: str) -> None:
    code = HEAD.format(strategy=strategy) + loop
    (network,) = build(code).paths[0].networks
    assert (network.status(), network.params()) == ("exact", 30 + 7 * 7 * 3 * 3 + 3)
    assert raised(code) == []


def test_a_function_with_arguments_that_are_not_known_is_not_run() -> None:
    code = HEAD.format(strategy="MirroredStrategy") + "from lib import arguments\nstrategy.run(model, args=arguments)"
    assert [network.status() for network in build(code).paths[0].networks] == ["unknown"]

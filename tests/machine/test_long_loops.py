"""Loops whose rounds are like those before: they are not run one by one, and what they build stays known."""

from __future__ import annotations

import pytest

from tests.machine.helpers import build, model

MAKE = """
    from keras import Input, Sequential
    from keras.layers import Dense

    def make(units):
        model = Sequential([Input((8,)), Dense(units), Dense(1)])
        model.compile(loss="mse", optimizer="adam")
        return model
"""
DATA = """
    import numpy as np
    x, y = np.zeros((100, 8)), np.zeros((100, 1))
"""


def test_a_model_made_anew_for_each_fold_is_made_a_few_times_only() -> None:
    folds = MAKE + DATA + "    for fold in range(200):\n        model = make(4)\n        model.fit(x, y)\n"
    (path,) = build(folds).paths
    assert len(path.networks) < 10
    assert {one.params() for one in path.networks} == {8 * 4 + 4 + 5}
    assert all(one.status() == "exact" for one in path.networks)


def test_the_model_of_the_last_fold_is_known() -> None:
    folds = MAKE + DATA + "    for fold in range(200):\n        model = make(4)\n        model.fit(x, y)\n"
    (path,) = build(folds + "    whole = Sequential([Input((8,)), model])\n").paths
    assert path.networks[-1].status() == "exact"
    assert path.networks[-1].params() == 8 * 4 + 4 + 5


@pytest.mark.parametrize("loop", ["for units in [4, 5, 6, 7]:", "for units in range(4, 8):"])
def test_rounds_that_build_other_models_are_all_run(loop: str) -> None:
    (path,) = build(MAKE + DATA + f"    {loop}\n        model = make(units)\n        model.fit(x, y)\n").paths
    assert [one.params() for one in path.networks] == [10 * units + 1 for units in (4, 5, 6, 7)]


def test_what_only_a_late_fold_builds_is_not_claimed() -> None:
    code = "    for fold in range(20):\n        model = make(4 if fold < 15 else 5)\n        model.fit(x, y)\n"
    for path in build(MAKE + DATA + code).paths:
        params = {one.params() for one in path.networks if one.status() == "exact"}
        assert params <= {41, 51}


def test_data_of_unknown_size_is_not_empty() -> None:
    # A layer that the loop over it calls is built behind it, in every combination.
    found = model("""
        import pandas as pd, tensorflow as tf
        from keras import Input, Sequential
        from keras.layers import Dense

        frame = pd.read_csv("absent.csv")
        stream = tf.data.Dataset.from_tensor_slices(frame[["a", "b"]].values).batch(4)
        model = Sequential([Dense(3)])
        for batch in stream:
            model(batch)
    """)
    assert found.status() == "exact"
    assert found.params() == 9


def test_data_that_hangs_on_a_condition_leaves_the_model_what_it_is() -> None:
    analysis = build(
        MAKE
        + """
    import os
    import numpy as np
    x = np.zeros((100, 8)) if os.environ.get("A") else np.zeros((50, 8))
    model = make(4)
    model.fit(x, np.zeros((len(x), 1)))
"""
    )
    assert {one.status() for path in analysis.paths for one in path.networks} == {"exact"}


def test_a_search_over_many_rounds_stays_within_its_steps() -> None:
    analysis = build(
        """
        import foo
        from keras import Input, Sequential
        from keras.layers import Dense

        def play(depth):
            score = 0
            while foo.goes_on(score):
                if foo.left(score):
                    score += 1
                elif foo.right(score):
                    score -= 1
                for step in range(foo.steps()):
                    if foo.hit(step):
                        score += step
            return score

        scores = [play(index) for index in range(300)]
        model = Sequential([Input((8,)), Dense(3)])
        """,
        seconds=2.0,
    )
    assert analysis.incomplete is None
    assert [one.status() for path in analysis.paths for one in path.networks] == ["exact"]


def test_a_loop_that_only_computes_is_run_to_its_end() -> None:
    found = model("""
        words = ("the cat sat on the mat and the dog ran after the cat until it fell " * 4).split()
        index = {}
        for word in words:
            for letter in word:
                index.setdefault(letter, len(index))
        model = Sequential([Input((8,)), Dense(len(index))])
    """)
    assert found.status() == "exact"


ADVERSARIES = """
    import numpy as np
    from keras import Input, Model, Sequential
    from keras.layers import Dense

    generator = Sequential([Input((8,)), Dense(16)])
    judge = Sequential([Input((16,)), Dense(1, activation="sigmoid")])
    judge.compile("adam", "binary_crossentropy")
    judge.trainable = False
    noise = Input((8,))
    both = Model(noise, judge(generator(noise)))
    both.compile("adam", "binary_crossentropy")
"""


def test_a_model_that_is_frozen_and_thawed_in_turns_is_what_it_was_before() -> None:
    (path,) = build(
        ADVERSARIES
        + """
    for epoch in range(200):
        for batch in range(400):
            judge.trainable = True
            judge.train_on_batch(np.zeros((64, 16)), np.zeros((64, 1)))
            judge.trainable = False
            both.train_on_batch(np.zeros((64, 8)), np.ones((64, 1)))
    """
    ).paths
    assert len(path.trainings) < 100  # of 160,000
    assert all(one.status() == "exact" for one in path.networks)
    assert not path.networks[1].trainable
    assert len(path.networks[1].all_weights()) == 2


def test_layers_that_are_thawed_one_after_the_other_are_all_thawed() -> None:
    (path,) = build("""
    import numpy as np
    from keras import Input, Sequential
    from keras.layers import Dense

    model = Sequential([Input((8,)), *[Dense(8, trainable=False) for _ in range(6)]])
    for depth in range(1, 7):
        model.layers[-depth].trainable = True
        model.compile("adam", "mse")
        model.fit(np.zeros((64, 8)), np.zeros((64, 8)))
    """).paths
    (network,) = path.networks
    assert [layer.trainable for layer in network.layers[-6:]] == [True] * 6
    assert len(path.trainings) == 6

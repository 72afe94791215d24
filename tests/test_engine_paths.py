"""How findings of several paths and uses become the findings of a file, with the real interpreter and rules."""

from __future__ import annotations

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source

TWO_USES = """\
import keras
from keras import layers

def build(activation):
    return keras.Sequential([keras.Input((8,)), layers.Dense(1, activation=activation)])

def never_called():
    model = build("softmax")
    model.compile("sgd", "binary_crossentropy")

model = build("sigmoid")
"""

BRANCH = """\
import sys
import keras
from keras import layers

model = keras.Sequential([keras.Input((8,))])
model.add(layers.Dense(1, activation="softmax" if len(sys.argv) > 2 else "sigmoid"))
model.compile("sgd", "binary_crossentropy")
"""


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in check_source(text.encode(), "x.py", Settings()).diagnostics]


def test_a_fault_in_one_use_of_a_function_is_a_fault() -> None:
    assert codes(TWO_USES) == ["KC301"]


def test_what_depends_on_an_unknown_condition_is_not_reported() -> None:
    assert codes(BRANCH) == []


ZERO_ROUNDS = """\
import keras
import numpy as np
from somewhere import names

x = np.array([])
for name in names():
    x = np.zeros((100, 60, 3))


def net(data):
    return keras.Sequential([keras.Input((data.shape[1], data.shape[2])), keras.layers.LSTM(3)])


net(x)
"""


def test_a_loop_that_has_no_round_is_one_way_of_several() -> None:
    assert codes(ZERO_ROUNDS) == []
    assert codes(ZERO_ROUNDS.replace("np.zeros((100, 60, 3))", "np.zeros((100, 60))")) == ["KC220"]


OTHER_CASE = """\
import keras
import numpy as np


def flat(images):
    if images.ndim == 3:
        return images
    elif images.ndim == 4:
        if images.shape[3] == 3:
            return images
        elif images.shape[3] == 1:
            return images.reshape(images.shape[0], images.shape[1], images.shape[2])


def colours(images):
    if images.ndim == 3:
        return "gray"
    elif images.ndim == 4:
        return "colour" if images.shape[3] == 3 else "gray"


def show(images):
    images = flat(images)
    return colours(images)
"""


def test_a_fault_of_cases_that_do_not_go_together_is_none() -> None:
    assert codes(OTHER_CASE) == []
    assert codes(OTHER_CASE.replace('return "gray"\n', "return images.shape[3]\n", 1)) == []


def test_a_fault_that_all_cases_have_is_one() -> None:
    assert codes(
        OTHER_CASE.replace("images = flat(images)", "images = np.zeros((8, 5, 5))[images.shape[3] > 2:, 0, 0, 0]")
    )


EITHER_WAY = """\
import keras
import numpy as np
from somewhere import with_key


def handle(*args):
    {body}


image = np.zeros((8, 5))
if with_key():
    handle(image, {other})
else:
    handle({one})
"""


def test_a_step_that_goes_well_in_the_other_arm_is_no_fault() -> None:
    for body, one, other in (
        ("tensor, key = args", "image", "image"),
        ("return args[0] + args[-1]", "np.zeros((8, 4)), image", "image"),
        ("x = args[0].copy(); x += args[-1]", "image, np.zeros((8, 4))", "image"),
    ):
        assert codes(EITHER_WAY.format(body=body, one=one, other=other)) == []


def test_a_step_that_fails_in_both_arms_is_a_fault() -> None:
    assert codes(EITHER_WAY.format(body="tensor, key = args", one="image", other="image, image")) == ["KC220"]
    text = EITHER_WAY.format(body="return args[0] + args[-1]", one="image, np.zeros((8, 4))", other="np.zeros((8, 6))")
    assert codes(text) == ["KC220"]


HANDED_ON = """\
import keras


class Scaled(keras.layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__({written}**kwargs)
        self.factor = factor


config = {{"factor": 2.0, "colour": "red"}}
layer = Scaled({given})
"""


def test_what_only_hands_arguments_on_is_not_at_fault() -> None:
    for given in ("3.0, colour='red'", "**config"):
        found = check_source(HANDED_ON.format(written="", given=given).encode(), "x.py", Settings()).diagnostics
        assert [(one.code, one.span.start.row) for one in found] == [("KC206", 11)]
    found = check_source(HANDED_ON.format(written="colour=1, ", given="3.0").encode(), "x.py", Settings()).diagnostics
    assert [(one.code, one.span.start.row) for one in found] == [("KC206", 6)]

"""Images with their channels first, in programs for the Kerases that left the order of axes to keras.json."""

from __future__ import annotations

import pytest

from kerascheck.machine.keras.axis_order import has_channels_first
from tests.machine.helpers import build, raised

OLD = "from keras.layers.convolutional import Convolution2D, MaxPooling2D\n"
DEEP = """
model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode="same", input_shape={shape}))
model.add(MaxPooling2D((2, 2)))
model.add(Convolution2D(8, 3, 3, border_mode="same"))
model.add(MaxPooling2D((2, 2)))
"""


def statuses(code: str) -> list[str]:
    """Of the models of all paths."""
    return [network.status() for path in build(code).paths for network in path.networks]


def test_an_order_that_nothing_in_the_program_shows_is_not_known() -> None:
    code = OLD + DEEP.format(shape="(3, 32, 32)")
    assert raised(code) == []
    assert statuses(code) == ["unknown"]


def test_later_layers_and_functional_models_share_the_order() -> None:
    code = (
        OLD
        + """
i = Input((1, 28, 28))
x = MaxPooling2D((2, 2))(Convolution2D(8, 3, 3, border_mode="same")(i))
model = Model(input=i, output=MaxPooling2D((2, 2))(x))
"""
    )
    assert raised(code) == []
    assert statuses(code) == ["unknown"]


def test_the_usual_order_is_taken_for_granted_where_nothing_speaks_against_it() -> None:
    code = OLD + DEEP.format(shape="(32, 32, 3)")
    assert raised(code) == []
    assert statuses(code) == ["exact"]


@pytest.mark.parametrize("order", ["K.set_image_dim_ordering('th')", "K.set_image_data_format('channels_first')"])
def test_an_order_that_the_program_sets(order: str) -> None:
    code = f"from keras import backend as K\n{order}\n{OLD}{DEEP.format(shape='(3, 32, 32)')}"
    assert raised(code) == []
    assert statuses(code) == ["exact"]


def test_an_order_that_the_program_sets_is_believed() -> None:
    order = "from keras import backend as K\nK.set_image_dim_ordering('tf')\n"
    assert raised(order + OLD + DEEP.format(shape="(3, 32, 32)")) == ["negative-dimension"]


def test_keras_3_has_one_order() -> None:
    code = (
        DEEP.format(shape="(3, 32, 32)").replace("Convolution2D", "Conv2D").replace("3, 3, border_mode", "3, padding")
    )
    assert len(raised(code)) == 1


@pytest.mark.parametrize(
    ("shape", "first"),
    [
        ((3, 224, 224), True),
        ((1, 28, 20), True),
        ((8, 160, 160), True),  # eight bands of a square
        ((3, 16, 112, 112), True),  # a film
        ((224, 224, 3), False),
        ((1, 28, 1), False),
        ((4, 8, 16), False),
        ((3, None, None), False),
        ((3, 32), False),
        (None, False),
    ],
)
def test_shapes_of_images(shape: object, first: bool) -> None:
    assert has_channels_first(shape) is first


@pytest.mark.parametrize("body", ["set_image_data_format('channels_first')", "prepare()"])
def test_an_order_that_the_module_sets_holds_in_functions_that_nobody_calls(body: str) -> None:
    code = f"""
from keras.backend import set_image_data_format
def prepare():
    set_image_data_format('channels_first')
{body}
def build(n):
    image = Input((3, 32, 32))
    return Model(image, Conv2D(5, 3)(MaxPooling2D(4)(image)))
"""
    assert raised(code) == []
    assert statuses(code) == ["exact"]


@pytest.mark.parametrize("size", ["batch_input_shape=(1, 3, 32, 32)", "input_shape=(1, rows, columns)"])
def test_whole_shapes_and_sizes_without_numbers_tell_the_order_too(size: str) -> None:
    code = OLD + DEEP.replace("input_shape={shape}", size)
    assert raised(code) == []
    assert statuses(code) == ["unknown"]

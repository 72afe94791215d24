"""`keras.applications`: the recorded architectures, called by programs, and compared with Keras itself."""

from __future__ import annotations

import os
from typing import Any

import pytest

from kerascheck.layers.applications import records
from kerascheck.network.ir import InputLayer
from kerascheck.network.networks import Network
from tests.machine.helpers import build, model, models, raised, summary

LONG = int(os.environ.get("KERASCHECK_EXAMPLES", "0")) > 0

#: What each function is called with in the long comparison.
CALLS = (
    "weights=None",
    "weights=None, classes=7, input_shape=(96, 97, 3), classifier_activation=None",
    "weights=None, include_top=False, input_shape=(96, 97, 3)",
    "weights=None, include_top=False, input_shape=(133, 128, 1), pooling='max'",
    "weights=None, include_top=False, pooling='avg'",
)

#: The slice that runs always: small, and each tests something of its own.
SLICE = (
    ("ResNet50", "include_top=False, weights=None, input_shape=(224, 224, 3), pooling='avg'"),
    ("MobileNet", "weights=None, alpha=0.25, input_shape=(128, 128, 3), classes=10"),
    ("MobileNetV2", "weights=None, alpha=0.35, input_shape=(97, 130, 3), include_top=False"),
    ("MobileNetV3Small", "weights=None, classes=5, minimalistic=True"),
    ("EfficientNetB0", "weights=None, include_top=False, name='base'"),
    ("NASNetMobile", "weights=None, include_top=False, input_shape=(65, 70, 3)"),
    ("ConvNeXtTiny", "weights=None, include_top=False, input_shape=(64, 64, 3), pooling='max'"),
    ("EfficientNetV2B0", "weights=None, include_top=False, input_shape=(64, 64, 1)"),
)


def long_cases() -> list[tuple[str, str]]:
    return [(name, call) for name in records.names() for call in CALLS] if LONG else []


def rows_of_keras(keras: Any, name: str, call: str) -> tuple[str, list[tuple[str, str, Any, int, int]]]:
    keras.backend.clear_session()
    made = eval(f"keras.applications.{name}({call})", {"keras": keras})
    rows = []
    for layer in made.layers:
        trainable = sum(weight.shape.num_elements() for weight in layer.trainable_weights)
        rows.append((type(layer).__name__, layer.name, layer.output.shape, layer.count_params(), trainable))
    return made.name, rows


def rows_of_ours(network: Network) -> list[tuple[str, str, Any, Any, Any]]:
    assert network.open is None, network.open
    return [
        (cls, name, shape, params, layer.count_params()[0])
        for layer, (cls, name, shape, params) in zip(network.layers, summary(network), strict=True)
    ]


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "call"), [*SLICE, *long_cases()])
def test_every_layer_is_the_one_that_keras_builds(name: str, call: str) -> None:
    pytest.importorskip("tensorflow")
    import keras

    if "input_shape" in call and name.startswith(("Inception", "Xception")):
        call = call.replace("96, 97", "139, 140")
    theirs_name, theirs = rows_of_keras(keras, name, call)
    ours = model(f"model = keras.applications.{name}({call})")
    assert ours.name == theirs_name
    assert rows_of_ours(ours) == theirs


@pytest.mark.oracle
def test_every_public_model_is_recorded() -> None:
    pytest.importorskip("tensorflow")
    import keras

    public = [name for name in dir(keras.applications) if name[:1].isupper()]
    assert records.names() == sorted(public)


def test_all_records_are_small() -> None:
    assert sum(path.stat().st_size for path in records.DATA.iterdir()) < 400_000


@pytest.mark.parametrize("name", records.names())
def test_every_record_gives_an_exact_network(name: str) -> None:
    network = model(f"model = keras.applications.{name}(include_top=False, input_shape=(224, 224, 3), pooling='avg')")
    assert network.status() == "exact"
    [shape] = network.output_shapes()  # type: ignore[misc]
    assert len(shape) == 2


# -- in programs ----------------------------------------------------------------------------------------------------


def test_a_frozen_base_with_a_head() -> None:
    network = model("""
        base = keras.applications.ResNet50(include_top=False, input_shape=(224, 224, 3), pooling='avg')
        base.trainable = False
        model = Sequential([base, Dense(10)])
        """)
    assert network.status() == "exact"
    assert network.count_params() == (20490, 23587712)


def test_fine_tuning_the_last_layers() -> None:
    network = model("""
        model = keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3))
        for layer in model.layers[:-4]:
            layer.trainable = False
        """)
    assert network.count_params() == (7079424, 7635264)


@pytest.mark.parametrize(
    ("loop", "frozen"),
    [
        ("for layer in model.layers[:-20]:\n  layer.trainable = False", 134),
        ("for i in range(len(model.layers) - 20):\n  model.layers[i].trainable = False", 134),
        ("for i, layer in enumerate(model.layers):\n  if i < 134:\n    layer.trainable = False", 134),
        ("for layer in model.layers:\n  if layer.name == 'Conv_1':\n    layer.trainable = False", 1),
        ("for layer in model.layers:\n  if isinstance(layer, BatchNormalization):\n    layer.trainable = False", 52),
    ],
)
def test_long_loops_over_layers_are_run(loop: str, frozen: int) -> None:
    network = model(
        f"model = keras.applications.MobileNetV2(include_top=False, input_shape=(64, 64, 3), weights=None)\n{loop}\n"
    )
    assert sum(not layer.trainable for layer in network.layers) == frozen


def test_parts_of_a_base() -> None:
    network = model("""
        base = keras.applications.ResNet50(include_top=False, input_shape=(224, 224, 3), weights=None)
        model = Model(base.input, [base.get_layer("conv3_block4_out").output, base.output, base.layers[-2].output])
        """)
    assert network.output_shapes() == [(None, 28, 28, 512), (None, 7, 7, 2048), (None, 7, 7, 2048)]
    assert network.params() == 23587712


def test_an_input_tensor_joins_the_graph() -> None:
    network = model("""
        image = Input((160, 160, 1))
        base = keras.applications.MobileNetV2(
            input_tensor=Conv2D(3, 3, padding="same", name="to_rgb")(image), include_top=False, weights=None
        )
        model = Model(image, GlobalAveragePooling2D()(base.output))
        """)
    assert network.output_shapes() == [(None, 1280)]
    assert [layer.name for layer in network.layers[:3]] == ["input_layer", "to_rgb", "Conv1"]


def test_a_base_called_on_a_tensor_behind_its_preprocessing() -> None:
    network = model("""
        from keras.applications.resnet50 import ResNet50, preprocess_input
        image = Input((96, 96, 3))
        x = ResNet50(include_top=False, weights="imagenet")(preprocess_input(image))
        model = Model(image, Dense(5)(Flatten()(x)))
        """)
    assert network.status() == "exact"
    assert [layer.cls for layer in network.layers] == ["InputLayer", "Functional", "Flatten", "Dense"]
    assert network.output_shapes() == [(None, 5)]


def test_a_star_import_brings_them() -> None:
    network = model("""
        from tensorflow.keras.applications.vgg16 import *
        image = Input((32, 32, 3))
        model = Model(image, VGG16(include_top=False, weights=None)(preprocess_input(image)))
        """)
    assert network.status() == "exact"


def test_names_count_on_from_those_used() -> None:
    network = model("""
        first = GlobalAveragePooling2D()
        model = keras.applications.MobileNet(include_top=False, pooling="avg", weights=None)
        """)
    assert network.layers[-1].name == "global_average_pooling2d_1"


def test_the_layers_of_a_base_have_no_place_in_the_source() -> None:
    network = model("model = keras.applications.Xception(weights=None)")
    assert all(layer.site is None for layer in network.layers)
    assert isinstance(network.layers[0], InputLayer)


@pytest.mark.parametrize(
    "call",
    [
        "ResNet50(input_shape=(128, 128, 3))",  # ImageNet's head is for 224 x 224
        "ResNet50(classes=10)",
        "ResNet50(include_top=False, input_shape=(224, 224, 1))",
        "ResNet50(include_top=False, input_shape=(16, 16, 3))",
        "ResNet50(weights=None, input_shape=(None, None, 3))",
        "ResNet50(weights=None, input_shape=(32, 32))",
        "ResNet50(classifier_activation='relu')",
        "ResNet50(weights=None, depth=3)",
    ],
)
def test_what_keras_refuses(call: str) -> None:
    assert len(raised(f"model = keras.applications.{call}")) == 1
    [network] = models(f"model = keras.applications.{call}")
    assert network.status() == "unknown"


@pytest.mark.parametrize(
    "call",
    [
        "MobileNet(input_shape=(128, 128, 3))",
        "MobileNetV3Large(weights='imagenet', include_top=False, input_shape=(100, 70, 3))",
        "InceptionV3(weights='imagenet', classifier_activation=None)",
        "VGG19(weights='mine.h5', classes=3)",
        "EfficientNetB0()",
        "EfficientNetB3(classifier_activation=None)",
    ],
)
def test_what_keras_takes(call: str) -> None:
    assert raised(f"model = keras.applications.{call}") == []
    [network] = models(f"model = keras.applications.{call}")
    assert network.status() == "exact"


@pytest.mark.parametrize(
    "call",
    [
        "MobileNet(weights=None, alpha=0.123)",  # not recorded
        "ResNet50(weights=None, include_top=flag)",
        "ResNet50(input_shape=shape, include_top=False)",
        "ResNet50(**options)",
        "FutureNet(weights=None)",
    ],
)
def test_what_is_not_known(call: str) -> None:
    program = f"from somewhere import flag, shape, options\nmodel = keras.applications.{call}"
    assert raised(program) == []
    assert {network.status() for path in build(program).paths for network in path.networks} == {"unknown"}


def test_weights_of_imagenet_scale_once_more() -> None:
    trained, plain = models("EfficientNetB0()\nEfficientNetB0(weights=None)".replace("Eff", "keras.applications.Eff"))
    assert [layer.cls for layer in trained.layers].count("Rescaling") == 2
    assert [layer.cls for layer in plain.layers].count("Rescaling") == 1
    assert trained.params() == plain.params() == 5330571
    assert trained.output_shapes() == [(None, 1000)]


def test_symbolic_sizes() -> None:
    network = model("""
        import argparse
        size = argparse.ArgumentParser().parse_args().size
        model = keras.applications.VGG16(include_top=False, input_shape=(size, size, 3), pooling="avg")
        """)
    assert network.output_shapes() == [(None, 512)]
    assert network.params() == 14714688


# -- what `input` is -----------------------------------------------------------------------------------------------------

GIVEN = "input_tensor=keras.Input((96, 96, 3))"
INPUTS = {
    "of its own": ("MobileNetV2", "", False),
    "of the program": ("MobileNetV2", GIVEN, True),
    "of the program, and one alone": ("ConvNeXtTiny", GIVEN, False),
}


@pytest.mark.parametrize(("name", "given", "is_list"), INPUTS.values(), ids=INPUTS)
def test_the_input_is_a_tensor_unless_one_is_given(name: str, given: str, is_list: bool) -> None:
    code = f"base = keras.applications.{name}(weights=None, include_top=False, {given})\nConv2D(3, 3)(base.input)\n"
    assert raised(code) == (["input-count"] if is_list else [])


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "given", "is_list"), INPUTS.values(), ids=INPUTS)
def test_keras_has_the_same_input(keras: Any, name: str, given: str, is_list: bool) -> None:
    made = eval(f"keras.applications.{name}(weights=None, include_top=False, {given})", {"keras": keras})
    assert isinstance(made.input, list) == is_list

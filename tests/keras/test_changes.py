"""The table of what Keras 3 has no more, and how it is asked."""

from __future__ import annotations

import subprocess
import sys

from kerascheck.keras.changes import all_changes, find, find_argument, find_member, find_name, gone_part, successor


def test_each_thing_has_one_row() -> None:
    keys = [(row.kind, row.owner, row.old, row.was) for row in all_changes()]
    assert len(keys) == len(set(keys))


def test_every_row_says_when_it_was_and_where_it_is_gone() -> None:
    assert all(row.eras and row.gone for row in all_changes())
    assert {era for row in all_changes() for era in row.eras} == {"keras1", "keras2", "tf-keras"}


def test_a_module_and_what_is_in_it() -> None:
    assert find_name("keras.layers.core") is not None
    found = gone_part("keras.layers.core.Dense")
    assert found is not None and found.old == "keras.layers.core"
    assert successor("keras.layers.core.Dense") == "keras.layers.Dense"
    assert successor("keras.layers.core") == "keras.layers"


def test_the_innermost_module_says_where_a_name_went() -> None:
    assert successor("keras.layers.experimental.preprocessing.Rescaling") == "keras.layers.Rescaling"
    assert successor("keras.engine.topology.Layer") == "keras.layers.Layer"


def test_a_name_that_moved_and_has_another_name_there() -> None:
    assert successor("keras.utils.visualize_util.plot") == "keras.utils.plot_model"
    assert successor("keras.backend.tensorflow_backend.sum") == "keras.ops.sum"


def test_a_name_without_a_single_successor() -> None:
    assert successor("keras.layers.Merge") is None
    row = find_name("keras.layers.Merge")
    assert row is not None and row.instead is not None


def test_what_tensorflow_keeps() -> None:
    assert gone_part("keras.preprocessing.text.Tokenizer", "keras") is not None
    assert gone_part("keras.preprocessing.text.Tokenizer", "tf.keras") is None
    assert successor("keras.preprocessing.text.Tokenizer", "tf.keras") is None


def test_what_is_there_is_not_gone() -> None:
    for name in ("keras", "keras.layers", "keras.layers.Dense", "keras.backend.clear_session", "keras.utils"):
        assert gone_part(name) is None


def test_arguments_of_a_layer_and_of_all_layers() -> None:
    own, shared = find_argument("keras.layers.Dense", "output_dim"), find_argument("keras.layers.Dense", "weights")
    assert own is not None and own.new == "units"
    assert shared is not None and shared.owner == "keras.layers.Layer"
    assert find_argument("keras.layers.Embedding", "weights") is None  # which takes it
    assert find_argument("keras.layers.Dense", "units") is None


def test_values_that_have_another_name() -> None:
    row = find_argument("keras.layers.Conv2D", "dim_ordering")
    assert row is not None and row.values["th"] == "channels_first"


def test_members_of_the_nearest_class() -> None:
    row = find_member(("keras.Sequential", "keras.Model"), "fit_generator")
    assert row is not None and row.new == "fit"
    assert find_member(("keras.Model",), "predict_classes") is None


def test_strings() -> None:
    row = find("string", "keras.losses", "cosine_proximity")
    assert row is not None and row.new == "cosine_similarity"


def test_nothing_is_read_before_it_is_asked_for() -> None:
    code = (
        "import sys, kerascheck.keras.changes as c, kerascheck.keras.names as n;"
        "sys.exit(c.all_changes.cache_info().currsize + n._packages.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Comments that state a shape, and those that only hold one."""

from __future__ import annotations

import pytest

from kerascheck.text.shape_comments import parse, shape_comments


@pytest.mark.parametrize(
    ("comment", "sizes"),
    [
        ("# (None, 26, 26, 32)", (None, 26, 26, 32)),
        ("#(batch, 64)", ("batch", 64)),
        ("# [B, 10]", ("B", 10)),
        ("# -> 14x14x256", (14, 14, 256)),
        ("# 28 x 28 x 1", (28, 28, 1)),
        ("# => (?, 8).", (None, 8)),
        ("# output shape: (-1, 3)", (None, 3)),
        ("# x: (None, 3)", (None, 3)),
        ("# (5,)", (5,)),
    ],
)
def test_comments_that_are_a_shape(comment: str, sizes: tuple[int | str | None, ...]) -> None:
    found = parse(comment)
    assert found is not None and found.sizes == sizes and not found.is_own


@pytest.mark.parametrize(
    "comment",
    ["# three layers (None, 3)", "# (None, 3) at last", "# (a, b)", "# (None, None)", "# 3", "# (3)(4)", "# x", "# TODO: 3x3 kernel"],
)  # fmt: skip
def test_comments_that_are_something_else(comment: str) -> None:
    assert parse(comment) is None


def test_comments_of_our_own_may_follow_others() -> None:
    found = parse("# hidden  # -> (None, 3), 1,015 params")
    assert found is not None and found.is_own
    assert (found.offset, found.sizes) == (10, (None, 3))


def test_only_comments_behind_code_count() -> None:
    found = shape_comments("# (1, 2)\r\nx = f()  # (3, 4)\r\n    # (5, 6)\ny = '# (7, 8)'\n")
    assert [(one.row, one.sizes) for one in found] == [(2, (3, 4))]

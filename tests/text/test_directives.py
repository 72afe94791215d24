"""Comments that ask or tell the analysis something."""

from __future__ import annotations

import pytest

from kerascheck.text.directives import directives


@pytest.mark.parametrize(
    ("comment", "names", "shape", "dtype"),
    [
        ("shape x (None, 28, 28, 1)", ("x",), (None, 28, 28, 1), None),
        ("shape x: (batch, 64) float32", ("x",), ("batch", 64), "float32"),
        ("shape x = [8,]", ("x",), (8,), None),
        ("shape x ()", ("x",), (), None),
        ("shape self.n 28", ("self.n",), 28, None),
        ("shape n units", ("n",), "units", None),
        ("SHAPE x (?, 1_000)", ("x",), (None, 1000), None),
    ],
)
def test_shapes(comment: str, names: tuple[str, ...], shape: object, dtype: str | None) -> None:
    (found,) = directives(f"x = load()  # kerascheck: {comment}\n")
    assert (found.kind, found.names, found.shape, found.dtype) == ("shape", names, shape, dtype)
    assert found.wrong is None and found.trails


@pytest.mark.parametrize(
    "comment", ["shape", "shape (3, 4)", "shape x", "shape x (3, 4", "shape x (-1,)", "shape x None"]
)
def test_shapes_that_are_not_understood(comment: str) -> None:
    (found,) = directives(f"x = load()  # kerascheck: {comment}\n")
    assert found.wrong


def test_reveal() -> None:
    text = "x = f()  # kerascheck: reveal\n# kerascheck: reveal x, model.output\n# kerascheck: reveal\n"
    first, second, third = directives(text)
    assert first.names == () and first.wrong is None
    assert second.names == ("x", "model.output") and not second.trails and second.row == 2
    assert third.wrong


def test_texts_are_no_comments() -> None:
    assert directives("x = '# kerascheck: reveal x'\n") == []


def test_rows_end_as_they_like() -> None:
    found = directives("a = 1\r\nb = 2\rc = 3  # kerascheck: reveal\n")
    assert [one.row for one in found] == [3]


def test_another_comment_may_follow() -> None:
    (found,) = directives("x = f()  # kerascheck: shape x (3,)  # noqa\n")
    assert found.shape == (3,) and found.wrong is None

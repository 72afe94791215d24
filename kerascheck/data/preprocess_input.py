"""`preprocess_input` of the modules of `keras.applications`, on arrays.

Source: `_preprocess_numpy_input` in keras/src/applications/imagenet_utils.py (Keras 3.15).
"""

from __future__ import annotations

from kerascheck.data.array import Array, is_float
from kerascheck.data.content import Content
from kerascheck.data.values import new_array
from kerascheck.machine.run import Run
from kerascheck.symbolic.unknown import Unknown

#: What is taken off the channels in each mode, and what they are divided by, after a first division.
_MEANS = {"caffe": (103.939, 116.779, 123.68), "torch": (0.485, 0.456, 0.406), "tf": (1.0, 1.0, 1.0)}
_DEVIATIONS = {"caffe": (1.0, 1.0, 1.0), "torch": (0.229, 0.224, 0.225), "tf": (1.0, 1.0, 1.0)}
_DIVISORS = {"caffe": 1.0, "torch": 255.0, "tf": 127.5}


def preprocessed(run: Run, module: str, mode: str | None, array: Array) -> Array:
    """The images as a network of `module` expects them; without a mode they stay as they are.

    Arrays of floats are changed in place.
    """
    tags = (array.content.tags - {"pixels"}) | {f"preprocess:{module}"}
    if mode not in _MEANS:
        array.content.tags |= {f"preprocess:{module}"}
        return array
    content = _content(mode, array.content)
    content.tags = tags
    if is_float(array.dtype) and array.kind == "numpy":
        array.content.set(content)
        return array.with_shape(array.shape, array.trailing)
    dtype = "float32" if isinstance(array.dtype, str) and not is_float(array.dtype) else array.dtype
    if isinstance(dtype, Unknown) and array.kind == "numpy":
        array.content.forget()  # it may be one of floats
    return new_array(run, array.shape, dtype, content=content, kind=array.kind, rows=array.rows)


def _content(mode: str, content: Content) -> Content:
    ends = list(zip(_MEANS[mode], _DEVIATIONS[mode], strict=True))

    def after(value: float) -> list[float]:
        return [(value / _DIVISORS[mode] - mean) / deviation for mean, deviation in ends]

    low = None if content.low is None else min(after(content.low))
    high = None if content.high is None else max(after(content.high))
    return Content(low, high, content.attained and content.is_mass)

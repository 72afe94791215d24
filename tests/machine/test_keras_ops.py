"""Every function of `keras.ops`: its shapes in functional models and in `call`, as Keras has them."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.machine.keras.operations import operations
from kerascheck.network.networks import Network
from kerascheck.symbolic.unknown import Unknown
from tests.machine.helpers import KERAS, models

HEAD = "import tensorflow as tf\nfrom keras import ops\n"
FUNCTIONAL_MODEL = "x = Input({size})\nmodel = Model(x, {expression})\n"
LAYER = """
class Own(layers.Layer):
    def call(self, x):
        return {expression}

x = Input({size})
model = Model(x, Own()(x))
"""

Cases = dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]]

#: Expressions on x of shape (None, *size), and their shape in a functional model and in `call` alike.
BOTH: Cases = {
    "ops.arccos(x)": ((6, 8), (None, 6, 8)),
    "ops.arccosh(x)": ((6, 8), (None, 6, 8)),
    "ops.arcsin(x)": ((6, 8), (None, 6, 8)),
    "ops.arcsinh(x)": ((6, 8), (None, 6, 8)),
    "ops.arctan(x)": ((6, 8), (None, 6, 8)),
    "ops.arctanh(x)": ((6, 8), (None, 6, 8)),
    "ops.angle(x)": ((6, 8), (None, 6, 8)),
    "ops.cbrt(x)": ((6, 8), (None, 6, 8)),
    "ops.conjugate(x)": ((6, 8), (None, 6, 8)),
    "ops.deg2rad(x)": ((6, 8), (None, 6, 8)),
    "ops.empty_like(x)": ((6, 8), (None, 6, 8)),
    "ops.erfc(x)": ((6, 8), (None, 6, 8)),
    "ops.erfinv(x)": ((6, 8), (None, 6, 8)),
    "ops.exp2(x)": ((6, 8), (None, 6, 8)),
    "ops.fabs(x)": ((6, 8), (None, 6, 8)),
    "ops.i0(x)": ((6, 8), (None, 6, 8)),
    "ops.imag(x)": ((6, 8), (None, 6, 8)),
    "ops.nan_to_num(x)": ((6, 8), (None, 6, 8)),
    "ops.rad2deg(x)": ((6, 8), (None, 6, 8)),
    "ops.real(x)": ((6, 8), (None, 6, 8)),
    "ops.signbit(x)": ((6, 8), (None, 6, 8)),
    "ops.sinc(x)": ((6, 8), (None, 6, 8)),
    "ops.trunc(x)": ((6, 8), (None, 6, 8)),
    "ops.celu(x)": ((6, 8), (None, 6, 8)),
    "ops.hard_shrink(x)": ((6, 8), (None, 6, 8)),
    "ops.hard_tanh(x)": ((6, 8), (None, 6, 8)),
    "ops.soft_shrink(x)": ((6, 8), (None, 6, 8)),
    "ops.sparse_plus(x)": ((6, 8), (None, 6, 8)),
    "ops.sparse_sigmoid(x)": ((6, 8), (None, 6, 8)),
    "ops.squareplus(x)": ((6, 8), (None, 6, 8)),
    "ops.tanh_shrink(x)": ((6, 8), (None, 6, 8)),
    "ops.isfinite(x)": ((6, 8), (None, 6, 8)),
    "ops.isinf(x)": ((6, 8), (None, 6, 8)),
    "ops.isneginf(x)": ((6, 8), (None, 6, 8)),
    "ops.isposinf(x)": ((6, 8), (None, 6, 8)),
    "ops.isreal(x)": ((6, 8), (None, 6, 8)),
    "ops.full_like(x, 2)": ((6, 8), (None, 6, 8)),
    "ops.saturate_cast(x, 'int8')": ((6, 8), (None, 6, 8)),
    "ops.threshold(x, 1.0, 0.0)": ((6, 8), (None, 6, 8)),
    "ops.arctan2(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.fmax(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.fmin(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.fmod(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.heaviside(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.logaddexp(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.logaddexp2(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.nextafter(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.isclose(x, x[:, :1])": ((6, 8), (None, 6, 8)),
    "ops.bitwise_and(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.bitwise_or(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.bitwise_xor(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.bitwise_left_shift(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.bitwise_right_shift(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.left_shift(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.right_shift(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.ldexp(x, ops.cast(x, 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.bitwise_not(ops.cast(x, 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.bitwise_invert(ops.cast(x, 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.nanmax(x)": ((6, 8), ()),
    "ops.nanmax(x, axis=1)": ((None, 8), (None, 8)),
    "ops.nanmax(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.nanmean(x)": ((6, 8), ()),
    "ops.nanmean(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanmean(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.nanmin(x)": ((6, 8), ()),
    "ops.nanmin(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanmin(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.nanprod(x)": ((6, 8), ()),
    "ops.nanprod(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanprod(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.nanstd(x)": ((6, 8), ()),
    "ops.nanstd(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanstd(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.nansum(x)": ((6, 8), ()),
    "ops.nansum(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nansum(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.nanvar(x)": ((6, 8), ()),
    "ops.nanvar(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanvar(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.ptp(x, axis=-1)": ((6, 8), (None, 6)),
    "ops.count_nonzero(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanargmax(x, axis=-1)": ((6, 8), (None, 6)),
    "ops.nanargmin(x)": ((6, 8), ()),
    "ops.nancumsum(x, axis=1)": ((6, 8), (None, 6, 8)),
    "ops.nancumprod(x)": ((6, 8), (None,)),
    "ops.average(x, axis=1)": ((None, 8), (None, 8)),
    "ops.average(x)": ((6, 8), ()),
    "ops.argsort(x)": ((6, 8), (None, 6, 8)),
    "ops.argsort(x, axis=None)": ((6, 8), (None,)),
    "ops.argpartition(x, 2)": ((6, 8), (None, 6, 8)),
    "ops.roll(x, 2, axis=1)": ((6, 8), (None, 6, 8)),
    "ops.fliplr(x)": ((6, 8), (None, 6, 8)),
    "ops.flipud(x)": ((6, 8), (None, 6, 8)),
    "ops.rot90(x, axes=(1, 2))": ((6, 8), (None, 8, 6)),
    "ops.moveaxis(x, 1, 2)": ((None, 8), (None, 8, None)),
    "ops.moveaxis(x, [0, 1], [2, 0])": ((6, 8), (6, 8, None)),
    "ops.moveaxis(x, -1, 0)": ((6, 8), (8, None, 6)),
    "ops.diagonal(x, axis1=1, axis2=2)": ((6, 8), (None, 6)),
    "ops.diagonal(x, offset=3, axis1=1, axis2=2)": ((6, 8), (None, 5)),
    "ops.diagonal(x, offset=-2, axis1=1, axis2=2)": ((6, 8), (None, 4)),
    "ops.trace(x, axis1=1, axis2=2)": ((6, 8), (None,)),
    "ops.diff(x)": ((6, 8), (None, 6, 7)),
    "ops.diff(x, n=2, axis=1)": ((6, 8), (None, 4, 8)),
    "ops.slice(x, (0, 1, 2), (2, 3, 4))": ((6, 8), (2, 3, 4)),
    "ops.append(x, x)": ((6, 8), (None,)),
    "ops.hstack([x, x])": ((6, 8), (None, 12, 8)),
    "ops.vstack([x, x])": ((6, 8), (None, 6, 8)),
    "ops.dstack([x, x])": ((6, 8), (None, 6, 16)),
    "ops.array_split(x, 4, axis=1)[0]": ((6, 8), (None, 2, 8)),
    "ops.array_split(x, 4, axis=1)[3]": ((6, 8), (None, 1, 8)),
    "ops.top_k(x, 3)[0]": ((None, 8), (None, None, 3)),
    "ops.top_k(x, k=2)[1]": ((6, 8), (None, 6, 2)),
    "ops.take_along_axis(x, ops.argmax(x, axis=-1)[..., None], axis=-1)": ((6, 8), (None, 6, 1)),
    "ops.take_along_axis(x, ops.argsort(x)[:, :, :3], axis=2)": ((6, 8), (None, 6, 3)),
    "ops.outer(x[0, 0], x[0, :, 0])": ((6, 8), (8, 6)),
    "ops.dot(x, x[0, 0])": ((6, 8), (None, 6)),
    "ops.dot(x, ops.ones((8, 5)))": ((6, 8), (None, 6, 5)),
    "ops.vdot(x, x)": ((6, 8), ()),
    "ops.glu(x)": ((None, 8), (None, None, 4)),
    "ops.glu(x, axis=1)": ((6, 8), (None, 3, 8)),
    "keras.activations.glu(x)": ((6, 8), (None, 6, 4)),
    "ops.rms_normalization(x)": ((6, 8), (None, 6, 8)),
    "ops.layer_normalization(x)": ((6, 8), (None, 6, 8)),
    "ops.batch_normalization(x, ops.zeros(8), ops.ones(8), axis=-1)": ((6, 8), (None, 6, 8)),
    "ops.slice_update(x, (0, 0, 0), x[:, :2])": ((6, 8), (None, 6, 8)),
    "ops.scatter_update(x, [[0, 0, 0]], [1.0])": ((6, 8), (None, 6, 8)),
    "ops.binary_crossentropy(x, x)": ((6, 8), (None, 6, 8)),
    "ops.categorical_crossentropy(x, x)": ((6, 8), (None, 6)),
    "ops.sparse_categorical_crossentropy(ops.argmax(x, -1), x)": ((6, 8), (None, 6)),
    "ops.max_pool(x, 2)": ((None, 8), (None, None, 8)),
    "ops.average_pool(x, 2, strides=1, padding='same')": ((6, 8), (None, 6, 8)),
    "ops.conv(x, ops.ones((3, 8, 5)))": ((None, 8), (None, None, 5)),
    "ops.conv(x, ops.ones((3, 8, 5)), 2, 'same')": ((6, 8), (None, 3, 5)),
    "ops.depthwise_conv(x, ops.ones((3, 8, 2)))": ((6, 8), (None, 4, 16)),
    "ops.separable_conv(x, ops.ones((3, 8, 2)), ops.ones((1, 16, 4)))": ((6, 8), (None, 4, 4)),
    "ops.multi_hot(ops.cast(x, 'int32'), 20)": ((10,), (None, 20)),
    "keras.random.randint((3, 4), 0, 9) + ops.cast(x[0, 0, 0], 'int32')": ((6, 8), (3, 4)),
    "keras.random.gamma((8,), 1.0) + x": ((6, 8), (None, 6, 8)),
    "ops.nn.relu(x)": ((6, 8), (None, 6, 8)),
    "ops.numpy.mean(x, axis=1)": ((6, 8), (None, 8)),
    "ops.pinv(x)": ((6, 8), (None, 8, 6)),
    "ops.qr(x)[0]": ((6, 8), (None, 6, 6)),
    "ops.qr(x)[1]": ((6, 8), (None, 6, 8)),
    "ops.cholesky(x)": ((8, 8), (None, 8, 8)),
    "ops.inv(x)": ((8, 8), (None, 8, 8)),
    "ops.det(x)": ((8, 8), (None,)),
    "ops.linalg.inv(x)": ((8, 8), (None, 8, 8)),
    "ops.linalg.det(x)": ((8, 8), (None,)),
    "ops.solve(x, x[:, :, :3])": ((8, 8), (None, 8, 3)),
    "ops.solve_triangular(x, x[:, :, :3])": ((8, 8), (None, 8, 3)),
    "ops.logdet(x)": ((8, 8), (None,)),
    "ops.max(ops.top_k(x, 4)[0], axis=-1)": ((10,), (None,)),
    "ops.cross(x, x)": ((3,), (None, 3)),
    "ops.cross(x, ops.ones((3,)))": ((3,), (None, 3)),
    "ops.dot_product_attention(x, x, x)": ((5, 4, 16), (None, 5, 4, 16)),
    "ops.dot_product_attention(x, x[:, :3], x[:, :3], is_causal=False)": ((5, 4, 16), (None, 5, 4, 16)),
    "ops.image.resize(x, (12, 16))": ((24, 32, 3), (None, 12, 16, 3)),
    "ops.image.resize(x, size=(12, 16), interpolation='nearest')": ((24, 32, 3), (None, 12, 16, 3)),
    "ops.image.rgb_to_grayscale(x)": ((24, 32, 3), (None, 24, 32, 1)),
    "ops.image.rgb_to_hsv(x)": ((24, 32, 3), (None, 24, 32, 3)),
    "ops.image.hsv_to_rgb(x)": ((24, 32, 3), (None, 24, 32, 3)),
    "ops.image.gaussian_blur(x)": ((24, 32, 3), (None, 24, 32, 3)),
    "ops.image.crop_images(x, 2, 3, 1, 1)": ((24, 32, 3), (None, 21, 28, 3)),
    "ops.image.crop_images(x, top_cropping=2, left_cropping=3, target_height=10, target_width=12)": (
        (24, 32, 3),
        (None, 10, 12, 3),
    ),
    "ops.image.pad_images(x, 2, 3, 1, 1)": ((24, 32, 3), (None, 27, 36, 3)),
    "ops.image.pad_images(x, 2, 3, target_height=40, target_width=50)": ((24, 32, 3), (None, 40, 50, 3)),
    "ops.image.extract_patches(x, 6)": ((24, 32, 3), (None, 4, 5, 108)),
    "ops.image.extract_patches(x, (6, 8))": ((24, 32, 3), (None, 4, 4, 144)),
    "ops.image.extract_patches(x, size=5, strides=3)": ((24, 32, 3), (None, 7, 10, 75)),
    "ops.image.extract_patches(x, (5, 5), (2, 2), padding='same')": ((24, 32, 3), (None, 12, 16, 75)),
    "ops.image.sobel_edges(x)": ((24, 32, 3), (None, 24, 32, 3, 2)),
    "ops.image.affine_transform(x, ops.ones((1, 8)))": ((24, 32, 3), (None, 24, 32, 3)),
    "ops.average_pool(x, (2, 3), padding='same')": ((24, 32, 3), (None, 12, 11, 3)),
    "ops.conv(x, ops.ones((3, 3, 3, 5)), strides=2, padding='same')": ((24, 32, 3), (None, 12, 16, 5)),
    "ops.conv(x, ops.ones((3, 3, 3, 5)), dilation_rate=2)": ((24, 32, 3), (None, 20, 28, 5)),
    "ops.depthwise_conv(x, ops.ones((3, 3, 3, 2)), (2, 2), 'valid')": ((24, 32, 3), (None, 11, 15, 6)),
    "ops.separable_conv(x, ops.ones((3, 3, 3, 2)), ops.ones((1, 1, 6, 4)), padding='same')": (
        (24, 32, 3),
        (None, 24, 32, 4),
    ),
    "ops.image.extract_patches(ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), 2)": ((24, 32, 3), (None, 13, 17, 12)),
    "ops.moveaxis(x, -1, 1)": ((24, 32, 3), (None, 3, 24, 32)),
    "ops.diff(x, axis=1)": ((None, 8), (None, None, 8)),
    "ops.array_split(x, 3, axis=1)[0]": ((None, 8), (None, None, 8)),
    "ops.argsort(x, axis=1)": ((None, 8), (None, None, 8)),
    "ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1)": ((None, 8), (None, None, 8)),
    "ops.hstack([x, x[:, :2]])": ((None, 8), (None, None, 8)),
}

#: Those that Keras follows in a functional model only: with TensorFlow, `call` cannot be traced, or loses the shape.
FUNCTIONAL: Cases = {
    "ops.gcd(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.lcm(ops.cast(x, 'int32'), ops.cast(x[:, :, :1], 'int32'))": ((6, 8), (None, 6, 8)),
    "ops.nanmedian(x)": ((6, 8), ()),
    "ops.nanmedian(x, axis=1)": ((6, 8), (None, 8)),
    "ops.nanmedian(x, axis=(1, 2), keepdims=True)": ((6, 8), (None, 1, 1)),
    "ops.quantile(x, 0.5, axis=1)": ((6, 8), (None, 8)),
    "ops.percentile(x, 50, axis=-1, keepdims=True)": ((6, 8), (None, 6, 1)),
    "ops.inner(x, x)": ((6, 8), (None, 6, None, 6)),
    "ops.kron(x[0], x[0])": ((6, 8), (36, 64)),
    "ops.searchsorted(ops.arange(4), x)": ((6, 8), (None, 6, 8)),
    "ops.digitize(x, ops.arange(4))": ((6, 8), (None, 6, 8)),
    "ops.isin(x, ops.arange(4))": ((6, 8), (None, 6, 8)),
}

#: Those that work in `call` only.
TRACED: Cases = {
    "ops.append(x, x[:, :2], axis=1)": ((None, 8), (None, None, 8)),
    "keras.random.shuffle(x)": ((6, 8), (None, 6, 8)),
    "keras.random.categorical(x, 4)": ((10,), (None, 4)),
    "tf.image.adjust_brightness(x, 0.1)": ((24, 32, 3), (None, 24, 32, 3)),
    "tf.image.random_flip_left_right(x)": ((24, 32, 3), (None, 24, 32, 3)),
    "tf.image.per_image_standardization(x)": ((24, 32, 3), (None, 24, 32, 3)),
    "tf.image.rgb_to_grayscale(x)": ((24, 32, 3), (None, 24, 32, 1)),
    "tf.image.resize_with_pad(x, 40, 50)": ((24, 32, 3), (None, 40, 50, 3)),
    "tf.image.resize_with_crop_or_pad(x, 20, 50)": ((24, 32, 3), (None, 20, 50, 3)),
    "tf.image.sobel_edges(x)": ((24, 32, 3), (None, 24, 32, 3, 2)),
    "tf.image.extract_patches(x, [1, 6, 8, 1], [1, 6, 8, 1], [1, 1, 1, 1], 'VALID')": ((24, 32, 3), (None, 4, 4, 144)),
    "tf.image.extract_patches(images=x, sizes=[1, 5, 5, 1], strides=[1, 2, 2, 1], rates=[1, 1, 1, 1], padding='SAME')": (
        (24, 32, 3),
        (None, 12, 16, 75),
    ),
    "tf.roll(x, 2, axis=1)": ((6, 8), (None, 6, 8)),
    "tf.math.top_k(x, 3)[0]": ((6, 8), (None, 6, 3)),
    "tf.nn.top_k(x, k=3)[1]": ((6, 8), (None, 6, 3)),
    "tf.reverse(x, [1])": ((6, 8), (None, 6, 8)),
    "tf.nn.batch_normalization(x, 0.0, 1.0, None, None, 1e-3)": ((6, 8), (None, 6, 8)),
    "tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x)": ((6, 8), (None, 6, 8)),
    "tf.linalg.pinv(x)": ((6, 8), (None, 8, 6)),
    "tf.linalg.inv(x)": ((8, 8), (None, 8, 8)),
    "tf.linalg.det(x)": ((8, 8), (None,)),
    "tf.linalg.cholesky(x)": ((8, 8), (None, 8, 8)),
    "tf.linalg.qr(x)[0]": ((8, 8), (None, 8, 8)),
    "tf.image.grayscale_to_rgb(x)": ((24, 32, 1), (None, 24, 32, 3)),
}

#: Functions of `keras.ops` that are not followed: what they give is unknown.
UNFOLLOWED = frozenset(
    [
        "adaptive_average_pool",
        "adaptive_max_pool",
        "allclose",
        "associative_scan",
        "bartlett",
        "bincount",
        "blackman",
        "cdist",
        "cholesky_inverse",
        "cond",
        "conv_transpose",
        "convert_to_numpy",
        "corrcoef",
        "correlate",
        "ctc_decode",
        "ctc_loss",
        "custom_gradient",
        "diag",
        "diagflat",
        "dsplit",
        "dtype",
        "eig",
        "eigh",
        "extract_sequences",
        "fft",
        "fft2",
        "fold",
        "fori_loop",
        "geomspace",
        "get_item",
        "hamming",
        "hanning",
        "histogram",
        "hsplit",
        "ifft2",
        "in_top_k",
        "irfft",
        "is_tensor",
        "istft",
        "jvp",
        "kaiser",
        "logspace",
        "lstsq",
        "lu_factor",
        "map",
        "matrix_rank",
        "meshgrid",
        "nonzero",
        "polar",
        "psnr",
        "rearrange",
        "rfft",
        "scan",
        "scatter",
        "segment_max",
        "segment_min",
        "segment_prod",
        "segment_sum",
        "select",
        "size",
        "slogdet",
        "stft",
        "svd",
        "trapezoid",
        "tri",
        "unfold",
        "unique",
        "unravel_index",
        "vander",
        "vectorize",
        "vectorized_map",
        "view",
        "view_as_complex",
        "view_as_real",
        "vsplit",
        "while_loop",
        "extract_patches_3d",
        "scale_and_translate",
        "ssim",
    ]
)


def _shapes(code: str) -> list[Any]:
    """The output shapes of the model; empty where it is not known to be one."""
    made = [network for network in models(HEAD + code) if isinstance(network, Network)]
    return [None if isinstance(tensor.shape, Unknown) else tensor.shape for tensor in made[-1].outputs] if made else []


def _keras(code: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(KERAS + HEAD + code, namespace)
    return namespace["model"]


@pytest.mark.parametrize("expression", {**BOTH, **FUNCTIONAL})
def test_shapes_in_a_functional_model(expression: str) -> None:
    size, shape = {**BOTH, **FUNCTIONAL}[expression]
    assert _shapes(FUNCTIONAL_MODEL.format(expression=expression, size=size)) == [shape]


@pytest.mark.parametrize("expression", {**BOTH, **TRACED})
def test_shapes_in_call(expression: str) -> None:
    size, shape = {**BOTH, **TRACED}[expression]
    assert _shapes(LAYER.format(expression=expression, size=size)) == [shape]


@pytest.mark.parametrize("expression", FUNCTIONAL)
def test_what_cannot_be_traced_is_unknown_in_call(expression: str) -> None:
    assert _shapes(LAYER.format(expression=expression, size=FUNCTIONAL[expression][0])) in ([], [None])


@pytest.mark.oracle
@pytest.mark.parametrize("expression", {**BOTH, **FUNCTIONAL})
def test_keras_agrees_on_functional_models(keras: Any, expression: str) -> None:
    size, shape = {**BOTH, **FUNCTIONAL}[expression]
    code = FUNCTIONAL_MODEL.format(expression=expression, size=size)
    output = _keras(code).outputs[0]
    (made,) = (tensor for network in models(HEAD + code)[-1:] for tensor in network.outputs)
    assert made.node is not None
    assert (tuple(output.shape), type(output._keras_history.operation).__name__) == (shape, made.node.layer.cls)


@pytest.mark.oracle
@pytest.mark.parametrize("expression", {**BOTH, **TRACED})
def test_keras_agrees_on_call(keras: Any, expression: str) -> None:
    size, shape = {**BOTH, **TRACED}[expression]
    assert tuple(_keras(LAYER.format(expression=expression, size=size)).outputs[0].shape) == shape


@pytest.mark.oracle
def test_every_function_is_followed_or_known_not_to_be(keras: Any) -> None:
    table = operations()
    public = {
        name
        for module in (keras.ops, keras.ops.image)
        for name, value in vars(module).items()
        if not name.startswith("_") and callable(value) and not isinstance(value, type)
    }
    assert {name for name in public if f"keras.ops.{name}" not in table} == UNFOLLOWED & public
    assert not {name for name in UNFOLLOWED if f"keras.ops.{name}" in table}

"""`tf.data` pipelines. Source: https://www.tensorflow.org/api_docs/python/tf/data/Dataset"""

from __future__ import annotations

from collections.abc import Callable

from kerascheck.data.pipeline import Pipeline
from kerascheck.data.registry import Function
from kerascheck.interp.run import Run
from kerascheck.interp.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site

Method = Callable[[Run, Pipeline, Arguments, Site], Value]

FUNCTIONS: dict[str, Function] = {}

METHODS: dict[str, Method] = {}

"""Methods of pandas series and frames. Source: https://pandas.pydata.org/docs/reference/"""

from __future__ import annotations

from kerascheck.data.methods import Method

METHODS: dict[str, Method] = {}

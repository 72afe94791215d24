"""`seaborn.load_dataset`: the tables that seaborn's tutorials work with.

Source: https://github.com/mwaskom/seaborn-data. To add one: a row in `_TABLES`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from kerascheck.data.content import Content, Rows
from kerascheck.data.frames import Column, make_frame, summarise
from kerascheck.data.registry import Function
from kerascheck.data.values import fresh_key
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


class _Table(NamedTuple):
    """Rows, the names of the columns, and of columns without missing values how many values occur, or which."""

    rows: int
    columns: str
    distinct: dict[str, int | frozenset[int]] = {}


_TABLES = {
    "iris": _Table(150, "sepal_length sepal_width petal_length petal_width species", {"species": 3}),
    "titanic": _Table(
        891,
        "survived pclass sex age sibsp parch fare embarked class who adult_male deck embark_town alive alone",
        {"survived": frozenset({0, 1}), "pclass": frozenset({1, 2, 3}), "sex": 2, "class": 3, "who": 3, "alive": 2},
    ),
    "tips": _Table(
        244,
        "total_bill tip sex smoker day time size",
        {"sex": 2, "smoker": 2, "day": 4, "time": 2, "size": frozenset({1, 2, 3, 4, 5, 6})},
    ),
    "penguins": _Table(
        344,
        "species island bill_length_mm bill_depth_mm flipper_length_mm body_mass_g sex",
        {"species": 3, "island": 3},
    ),
    "mpg": _Table(
        398,
        "mpg cylinders displacement horsepower weight acceleration model_year origin name",
        {"cylinders": frozenset({3, 4, 5, 6, 8}), "origin": 3},
    ),
    "diamonds": _Table(53_940, "carat cut color clarity depth table price x y z", {"cut": 5, "color": 7, "clarity": 8}),
    "flights": _Table(144, "year month passengers", {"month": 12, "year": frozenset(range(1949, 1961))}),
    "planets": _Table(1_035, "method number orbital_period mass distance year", {"method": 10}),
    "fmri": _Table(1_064, "subject timepoint event region signal", {"event": 2, "region": 2}),
    "car_crashes": _Table(
        51, "total speeding alcohol not_distracted no_previous ins_premium ins_losses abbrev", {"abbrev": 51}
    ),
    "anscombe": _Table(44, "dataset x y", {"dataset": 4}),
    "geyser": _Table(272, "duration waiting kind", {"kind": 2}),
    "dots": _Table(848, "align choice time coherence firing_rate", {"align": 2, "choice": 2}),
}


def _column(known: int | frozenset[int]) -> Column:
    if isinstance(known, frozenset):
        content = Content.of_values(known)
        content.tags = frozenset({"raw"})
        return "int64", content
    content = Content(tags=frozenset({"raw"}))
    content.distinct = known
    return Unknown("texts"), content


def _load(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`seaborn.load_dataset("iris")`."""
    which = arguments.value("name", 0)
    table = _TABLES.get(which) if isinstance(which, str) else None
    if table is None or arguments.keywords.keys() - {"name", "cache"} or arguments.open_keywords:
        return run.fresh("a table", site.node)
    labels = tuple(table.columns.split())
    made = make_frame(
        run, table.rows, len(labels), labels, index=("range", table.rows), samples=Rows(fresh_key(run, site))
    )
    made.content.tags = frozenset({"raw"})
    assert made.labels is not None
    columns: dict[Hashable, Column] = {label: _column(known) for label, known in table.distinct.items()}
    if which == "iris":
        columns.update({label: ("float64", Content(0.1, 7.9, tags=frozenset({"raw"}))) for label in labels[:4]})
    made.labels.series = columns
    summarise(made)
    return made


FUNCTIONS: dict[str, Function] = {"seaborn.load_dataset": _load}

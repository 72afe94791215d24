"""`numpy.random`: functions, generators and `RandomState`. Source: https://numpy.org/doc/stable/reference/random/

What is drawn is known by its limits. That values near both of them occur is claimed only of so many numbers that
the opposite would not be seen in practice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kerascheck.data.array import Array, is_float
from kerascheck.data.content import FRACTIONS, MAX_VALUES, Content
from kerascheck.data.indexing import is_whole_number
from kerascheck.data.numpy_methods import order_content, shuffled_in_place
from kerascheck.data.objects import DataObject, Method, make_object
from kerascheck.data.operators import broadcast
from kerascheck.data.reductions import count_of_elements
from kerascheck.data.registry import Function
from kerascheck.data.values import MAX_KEPT, NumberKey, as_array, dtype_of, guarded, new_array, shape_argument
from kerascheck.data.written import written_function
from kerascheck.machine.keras.freeze import as_size
from kerascheck.machine.run import Run
from kerascheck.machine.values import ListValue, Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import Shape, SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown

_MANY = 1_000  # numbers of which some surely lie near each limit
_COUNTLESS = 10**9  # numbers beyond which it makes no difference how many there are
_NEVER = 1e-9  # a chance that is none


def _is_many(shape: Shape | Unknown) -> bool:
    count = count_of_elements(shape)
    return count is not None and count >= _MANY


def _numbers_by_size(low: float | None, high: float | None, dtype: str = "float64") -> Function:
    """`numpy.random.rand(2, 3)`: sizes one by one, a number for none."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = tuple(given.value for given in arguments.positional)
        if not values and not arguments.open_positional:
            return one_number(run, "float", name, site)
        if arguments.open_positional:
            return new_array(run, Unknown("sizes behind * arguments"), dtype, content=Content(low, high))
        shape = shape_argument(run, values, site)
        content = Content(low, high, low is not None and _is_many(shape), tags=frozenset({FRACTIONS}))
        return new_array(run, shape, dtype, content=content)

    return call


def _distribution(
    names: tuple[str, ...] = (), limits: Callable[..., tuple[float | None, float | None]] | None = None,
    dtype: str = "float64", near: bool = False,
) -> Function:  # fmt: skip
    """A distribution with parameters, then the shape as `size`; `limits` of known parameters give those of the numbers.

    `near`: whether many numbers come near both limits.
    """

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [arguments.value(one, position, _DEFAULTS.get(one)) for position, one in enumerate(names)]
        shape = _size_argument(run, arguments, len(names), values, site)
        if shape == () and arguments.value("size", len(names)) is None:
            return one_number(run, "int" if dtype == "int64" else "float", name, site)
        low: float | None = None
        high: float | None = None
        if limits is not None and all(isinstance(value, (int, float)) for value in values):
            low, high = limits(*values)
        kind = dtype_of(arguments.value("dtype", None, dtype))
        attained = near and low is not None and high is not None and _is_many(shape)
        tags = frozenset({FRACTIONS}) if is_float(dtype) else frozenset()
        return new_array(
            run, shape, kind if kind is not None else dtype, content=Content(low, high, attained, tags=tags)
        )

    return call


_DEFAULTS = {"low": 0.0, "high": 1.0, "loc": 0.0, "scale": 1.0, "lam": 1.0, "mean": 0.0, "sigma": 1.0}


def one_number(run: Run, kind: str, name: str, site: Site) -> Unknown:
    """A number that is not known, surely an `int` or a `float`."""
    found = run.fresh(f"a number from {name}", site.node)
    return Unknown(found.reason, ("call", kind, found.key))


def _size_argument(run: Run, arguments: Arguments, position: int, values: list[Value], site: Site) -> Shape | Unknown:
    """The shape of what is drawn: `size`, or the shape of the parameters together."""
    size = arguments.value("size", position)
    if size is not None:
        return shape_argument(run, size, site)
    shape: Shape | Unknown = ()
    for value in values:
        array = as_array(run, value)
        if array is None:
            return Unknown("numbers drawn with unknown parameters")
        if isinstance(array.shape, Unknown) or isinstance(shape, Unknown):
            return Unknown("numbers drawn with unknown parameters")
        shape = guarded(run, site, lambda a=shape, b=array.shape: broadcast(a, b))  # type: ignore[misc]
    return shape


def _integers(includes_high: bool = False) -> Function:
    """`numpy.random.randint(low, high, size)`, `Generator.integers`, `random_integers`."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        low, high = arguments.value("low", 0), arguments.value("high", 1)
        if high is None:
            low, high = 1 if includes_high else 0, low
        endpoint = arguments.value("endpoint", 4, False)
        shape = _size_argument(run, arguments, 2, [low, high], site)
        if shape == () and arguments.value("size", 2) is None:
            return one_number(run, "int", name, site)
        dtype = dtype_of(arguments.value("dtype", 3, "int64"))
        content = Content()
        if isinstance(low, int) and isinstance(high, int) and isinstance(endpoint, bool):
            content = _drawn(low, high if includes_high or endpoint else high - 1, shape)
        elif isinstance(low, int) and low >= 0:
            content = Content(low)
        return new_array(run, shape, dtype if dtype is not None else "int64", content=content)

    return call


def _drawn(low: int, high: int, shape: Shape | Unknown) -> Content:
    """Whole numbers from low to high, each equally likely."""
    if high < low:
        return Content()
    count, kinds = count_of_elements(shape), high - low + 1
    if count is not None and kinds <= MAX_VALUES and kinds * (1 - 1 / kinds) ** min(count, _COUNTLESS) < _NEVER:
        return Content(low, high, True, frozenset(range(low, high + 1)))
    return Content(low, high, _is_many(shape))


def _choice(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.random.choice(a, size, replace, p)`: elements of an array, or numbers below one."""
    pool, chances = arguments.value("a", 0), arguments.value("p", 3)
    size, axis = arguments.value("size", 1), arguments.value("axis", 4, 0)
    shape: Shape | Unknown = () if size is None else shape_argument(run, size, site)
    if isinstance(pool, int):
        content = _drawn(0, pool - 1, shape)
        if chances is not None or arguments.value("replace", 2, True) is not True:
            content.attained, content.values = False, None
        return new_array(run, shape, "int64", content=content)
    array = as_array(run, pool)
    if array is None:
        if is_whole_number(pool):
            return new_array(run, shape, "int64", content=Content(0))
        return new_array(run, Unknown("a choice of something unknown"), Unknown("a choice of something unknown"))
    if array.ndim == 0:
        return new_array(run, shape, "int64", content=Content(0))
    if isinstance(array.shape, Unknown) or isinstance(shape, Unknown) or axis != 0:
        return new_array(
            run, Unknown("a choice of something unknown"), array.dtype, content=array.content.subset(False)
        )
    content = array.content.subset(False)
    content.one_hot = array.content.one_hot if len(array.shape) > 1 else None
    return new_array(run, (*shape, *array.shape[1:]), array.dtype, content=content)


def _permutation(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.random.permutation(x)`: a shuffled copy, or the numbers below x."""
    value = arguments.value("x", 0)
    count = as_size(value) if isinstance(value, (int, SymDim)) or is_whole_number(value) else None
    if count is not None and not isinstance(count, Unknown):
        return new_array(run, (count,), "int64", content=order_content(count))
    array = as_array(run, value)
    if array is None:
        return run.fresh("a permutation of something unknown", site.node)
    made = array.snapshot()
    made.birth, made.kind, made.items = run.tick(), "numpy", None
    made.content = array.content.rearranged()
    if array.ndim != 1:
        made.content.one_hot = array.content.one_hot
    if array.rows is not None:
        made.rows = array.rows.mixed(("permutation", made.birth))
    return made


def _shuffle(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.random.shuffle(x)`: x itself in another order."""
    value = arguments.value("x", 0)
    if isinstance(value, Array):
        shuffled_in_place(run, value)
    elif isinstance(value, ListValue) and run.may_change(value):
        _shuffle_list(run, value)
    return None


def _shuffle_list(run: Run, value: ListValue) -> None:
    """The list in another order: as long as before, with items that are all like the ones before."""
    items = value.items
    is_plain = value.unknown is None and value.kind == "list" and len(items) <= MAX_KEPT
    if not is_plain or not all(_is_like(items[0], item) for item in items):
        value.blur("a shuffled list")
    elif any(item is not items[0] for item in items):
        value.items = [_any_like(run, item) for item in items]


def _is_like(first: Value, other: Value) -> bool:
    """Whether both are numbers of one kind, or lists of as many of these."""
    if isinstance(first, ListValue) and isinstance(other, ListValue):
        both = zip(first.items, other.items, strict=False)
        is_plain = first.unknown is None and other.unknown is None and first.kind == other.kind == "list"
        return is_plain and len(first.items) == len(other.items) and all(_is_like(a, b) for a, b in both)
    return type(first) is type(other) and isinstance(first, (int, float))


def _any_like(run: Run, item: Value) -> Value:
    """One of several items that are all like this one."""
    if isinstance(item, ListValue):
        return run.new_list([_any_like(run, part) for part in item.items])
    return Unknown("an item of a shuffled list", NumberKey(type(item).__name__, run.tick()))


def _several(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`multivariate_normal(mean, cov, size)`, `multinomial(n, pvals, size)`, `dirichlet(alpha, size)`: vectors."""
    position = 1 if name.endswith("dirichlet") else 2
    names = {"dirichlet": ("alpha", 0), "multinomial": ("pvals", 1)}
    vector = as_array(run, arguments.value(*names.get(name.rpartition(".")[2], ("mean", 0))))
    size = arguments.value("size", position)
    shape = () if size is None else shape_argument(run, size, site)
    dtype = "int64" if name.endswith("multinomial") else "float64"
    if vector is None or isinstance(vector.shape, Unknown) or isinstance(shape, Unknown):
        return new_array(run, Unknown("vectors of an unknown length"), dtype)
    return new_array(run, (*shape, *vector.shape[-1:]), dtype)


def _nothing(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return None


_UNIT = _distribution((), lambda: (0.0, 1.0), near=True)
_POSITIVE = (0.0, None)


def _uniform_limits(low: float, high: float) -> tuple[float, float]:
    return min(low, high), max(low, high)


_DRAWING: dict[str, Function] = {
    "random": _UNIT,
    "uniform": _distribution(("low", "high"), _uniform_limits, near=True),
    "normal": _distribution(("loc", "scale")),
    "standard_normal": _distribution(),
    "lognormal": _distribution(("mean", "sigma"), lambda *_: _POSITIVE),
    "laplace": _distribution(("loc", "scale")),
    "logistic": _distribution(("loc", "scale")),
    "gumbel": _distribution(("loc", "scale")),
    "standard_cauchy": _distribution(),
    "exponential": _distribution(("scale",), lambda *_: _POSITIVE),
    "standard_exponential": _distribution((), lambda: _POSITIVE),
    "gamma": _distribution(("shape", "scale"), lambda *_: _POSITIVE),
    "beta": _distribution(("a", "b"), lambda *_: (0.0, 1.0)),
    "binomial": _distribution(("n", "p"), lambda n, p: (0, n), "int64"),
    "poisson": _distribution(("lam",), lambda *_: _POSITIVE, "int64"),
    "multivariate_normal": _several,
    "multinomial": _several,
    "dirichlet": _several,
    "choice": _choice,
    "permutation": _permutation,
    "shuffle": _shuffle,
}


def _seed(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`numpy.random.seed(1)`: noted for the rules, where it holds for the whole program and not for some function."""
    from kerascheck.machine.keras.freeze import freeze_arguments

    if not run.call_stack:
        run.reach(site)
        run.program.calls.append((name, freeze_arguments(run, arguments), site))
    return None


_OLD: dict[str, Function] = {
    **_DRAWING,
    "rand": _numbers_by_size(0.0, 1.0),
    "randn": _numbers_by_size(None, None),
    **dict.fromkeys(("random_sample", "ranf", "sample"), _UNIT),
    "randint": _integers(),
    "random_integers": _integers(includes_high=True),
    "seed": _nothing,
    "set_state": _nothing,
}

_NEW: dict[str, Function] = {**_DRAWING, "integers": _integers(), "permuted": _permutation}

FUNCTIONS: dict[str, Function] = {
    **{f"numpy.random.{name}": function for name, function in _OLD.items()},
    "numpy.random.seed": _seed,
    "numpy.random.default_rng": lambda run, name, arguments, site: make_object(
        run, "numpy.random.Generator", arguments, site
    ),
    "numpy.random.Generator": make_object,
    "numpy.random.RandomState": make_object,
    "numpy.random.mtrand.RandomState": lambda run, name, arguments, site: make_object(
        run, "numpy.random.RandomState", arguments, site
    ),
    "random.shuffle": _shuffle,
}


def _method(name: str, function: Function) -> Method:
    written = written_function(f"numpy.random.{name}", function)

    def call(run: Run, thing: DataObject, arguments: Arguments, site: Site) -> Value:
        return written(run, f"numpy.random.{name}", arguments, site)

    return call


OBJECTS: dict[str, Mapping[str, Method]] = {
    "numpy.random.Generator": {name: _method(name, function) for name, function in _NEW.items()},
    "numpy.random.RandomState": {name: _method(name, function) for name, function in _OLD.items()},
}

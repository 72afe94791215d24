# Each ends with a value of x that the interpreter must know as Python does.

# -- lru_cache
from functools import lru_cache, wraps, reduce, cache
@lru_cache(maxsize=None)
def f(n): return n * 2
@cache
def h(n): return n + 1
x = [f(3), h(3), reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, f: f(a), [lambda v: v + 1, lambda v: v * 2], 3)]

# -- wraps
from functools import wraps
def deco(f):
    @wraps(f)
    def inner(*a, **k):
        return f(*a, **k) + 1
    return inner
@deco
def g(n): return n * 2
x = [g(3), g.__name__]

# -- deco class
class Deco:
    def __init__(self, f): self.f = f
    def __call__(self, *a): return self.f(*a) + 100
@Deco
def g(n): return n
x = g(1)

# -- deco stacked
def a(f): return lambda n: f(n) + 1
def b(f): return lambda n: f(n) * 2
@a
@b
def g(n): return n
x = g(5)

# -- operator
import operator
from operator import mul, itemgetter, attrgetter, add
from functools import reduce
x = [operator.add(1, 2), reduce(mul, [2, 3, 4]), itemgetter(1)([5, 6]), sorted([(1, 'b'), (2, 'a')], key=itemgetter(1)), reduce(operator.mul, (2, 3), 1), operator.neg(3), operator.floordiv(7, 2), itemgetter('a', 'b')({'a': 1, 'b': 2})]

# -- itertools
import itertools
from itertools import repeat, cycle, accumulate, islice, zip_longest, chain, product, permutations, combinations, count, starmap, takewhile, dropwhile, groupby, pairwise
x = [list(repeat(5, 2)), list(zip('abc', cycle([1, 2]))), list(accumulate([1, 2, 3])), list(islice(range(10), 2, 6)), list(zip_longest([1, 2], [3], fillvalue=0)), list(chain.from_iterable([[1], [2]])), list(zip('ab', count(1))), list(combinations([1, 2, 3], 2)), list(permutations([1, 2])), list(starmap(pow, [(2, 3)])), list(takewhile(lambda v: v < 2, [1, 2, 1])), list(dropwhile(lambda v: v < 2, [1, 2, 1])), list(pairwise([1, 2, 3])), list(zip('ab', repeat(7))), list(islice(count(3), 2)), list(accumulate([1, 2, 3], lambda a, b: a * b)), list(product([1, 2], repeat=2)), list(chain([1], (2,)))]

# -- groupby
from itertools import groupby
x = [(k, list(g)) for k, g in groupby([1, 1, 2])]

# -- next count
import itertools
c = itertools.count()
x = [next(c), next(c), f'{next(c)}']

# -- deque
from collections import deque, Counter, ChainMap, OrderedDict, defaultdict
d = deque([1, 2], maxlen=3)
d.append(3); d.appendleft(0)
x = [list(deque([1, 2])), len(deque([3]))]

# -- deque ops
from collections import deque
d = deque()
d.append(1); d.append(2); d.appendleft(0)
a = d.popleft()
b = d.pop()
x = [a, b, list(d), d[0], len(d)]

# -- counter
from collections import Counter
c = Counter(['a', 'b', 'a'])
x = [c['a'], c['z'], c.most_common(1), len(c), sum(c.values()), sorted(c.items())]

# -- counter str
from collections import Counter
x = dict(Counter('hello'))

# -- ordereddict
from collections import OrderedDict
d = OrderedDict([('a', 1), ('b', 2)])
d['c'] = 3
d.move_to_end('a')
x = list(d)

# -- defaultdict
from collections import defaultdict
d = defaultdict(list)
d['a'].append(1)
d['b'] += [2]
n = defaultdict(int)
n['q'] += 1
x = [d['a'], d['b'], n['q'], n['z'], len(d), dict(d)]

# -- defaultdict lambda
from collections import defaultdict
d = defaultdict(lambda: 64, {'a': 1})
x = [d['a'], d['b'], d.get('zz')]

# -- json
import json
x = json.loads('{"units": 64, "l": [1, 2.5, null, true], "s": "a"}')

# -- json dumps
import json
x = json.dumps({'a': 1})

# -- json roundtrip
import json
x = json.loads(json.dumps({'a': [1, 2]}))

# -- literal eval
import ast
x = ast.literal_eval('(1, 2)')

# -- dict star
a = {'q': 1}
x = [dict(**a, b=1), dict(a, b=2), {**a, 'c': 3}, a | {'d': 4}]

# -- dict ior
a = {'q': 1}
a |= {'z': 2}
x = a

# -- dict methods
d = {'a': 1, 'b': 2}
x = [d.popitem(), d.setdefault('c', 3), dict.fromkeys('ab', 0), dict.fromkeys(['q']), list(d.keys()), list(d.values()), {k: v for k, v in d.items()}, 'a' in d.keys(), len(d.items()), list(reversed({'p': 1, 'q': 2})), d.keys() & {'a'} == {'a'}]

# -- match dict
def f(c):
    match c:
        case {'type': 'dense', 'units': u}: return u
        case {'type': 'drop', **rest}: return rest
        case [a, *b]: return b
        case str() as s: return s
        case int(n) if n > 3: return n
        case (1 | 2): return 'small'
        case None: return 'none'
        case _: return 'other'
x = [f({'type': 'dense', 'units': 4}), f({'type': 'drop', 'p': .5}), f([1, 2]), f('q'), f(5), f(2), f(None), f(1.5)]

# -- match class
from dataclasses import dataclass
@dataclass
class D:
    units: int
    act: str = 'r'
class P:
    __match_args__ = ('a', 'b')
    def __init__(self, a, b): self.a = a; self.b = b
def f(c):
    match c:
        case D(units=5): return 'five'
        case D(units=u, act='r'): return u
        case D(u, a): return (u, a)
        case P(1, b): return b
        case P(): return 'p'
x = [f(D(5)), f(D(6)), f(D(7, 's')), f(P(1, 2)), f(P(2, 2))]

# -- match value
class K:
    A = 'a'
def f(v):
    match v:
        case K.A: return 1
        case 'b' | 'c': return 2
        case [1, [2, q]]: return q
        case {'k': [a, b]}: return a + b
        case -1: return 'neg'
        case True: return 'T'
x = [f('a'), f('c'), f([1, [2, 3]]), f({'k': [1, 2]}), f(-1), f(True)]

# -- match enum
from enum import Enum
class E(Enum):
    A = 1
    B = 2
def f(e):
    match e:
        case E.A: return 'a'
        case E.B: return 'b'
x = [f(E.A), f(E.B)]

# -- global
n = 1
def f():
    global n
    n += 1
f(); f()
x = n

# -- nonlocal
def f():
    k = 0
    def g():
        nonlocal k
        k += 1
        return k
    return [g(), g()]
x = f()

# -- del
d = {'a': 1, 'b': 2}
del d['a']
l = [1, 2, 3]
del l[0]
x = [d, l]

# -- chained
n = 5
x = [1 < n < 10, 1 < n < 3, n == 5 == 5]

# -- type checking
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import foo
    x = 1
else:
    x = 2

# -- type checking 2
import typing
x = 3
if typing.TYPE_CHECKING:
    x = 1

# -- globals
def foo(): return 4
x = [globals()['foo'](), 'foo' in globals(), globals().get('zz', 5)]

# -- globals set
globals()['q'] = 5
x = q

# -- locals
def f(a, b=2):
    c = 3
    return locals()
x = f(1)

# -- locals format
def f(a):
    return '{a}'.format(**locals())
x = f(3)

# -- vars local
def f(a): return vars()
x = f(2)

# -- getattr module
import math
x = getattr(math, 'ceil')(2.3)

# -- fstring specs
n = 3.14159; w = 8; i = 42
x = [f'{n:.2f}', f'{i:05d}', f'{i:>{w}}', f'{i!r:>5}', f'{i=}', f'{i:x}', f'{i:,}', f'{"a":<4}|', f'{n:.{2}e}', f'{[1,2]}', f'{(1,)}', f'{None}', f'{ {"a": 1}["a"] }', f'{i:b}', '{:.1f}'.format(2.25), '{0:03d}'.format(7), '{:>5}'.format('a'), '{a[0]}'.format(a=[1]), format(3.5, '.2f'), '%(a)s' % {'a': 1}, '{!r}'.format('a')]

# -- string methods
x = ['a-b'.partition('-'), 'abc'.center(7), 'abc'.ljust(5), 'abc'.rjust(5, '*'), 'a b'.split(), 'ABC'.casefold(), 'abc'.index('b'), 'a1'.isalnum(), 'abc'.isalpha(), 'x'.join({'a': 1}), 'abc'.encode(), 'a,b'.rpartition(','), 'aXb'.swapcase(), 'a{}'.format_map({}) if False else 1, 'abc'.rfind('c'), 'a b'.title(), ' '.isspace(), 'a\tb'.expandtabs(2), '5'.isnumeric(), 'a'.isidentifier()]

# -- string template
from string import Template
import string
x = [string.ascii_lowercase[:3], string.digits]

# -- walrus while
it = iter([1, 2, 0, 3])
x = []
while (n := next(it)):
    x.append(n)

# -- star unpack
def f(*a, **k): return [a, k]
x = [f(*[1], *(2,), **{'a': 1}, **{'b': 2}), [*range(2), *'ab'], (*[1], 2), {*[1], 2} == {1, 2}, {**{'a': 1}, **{'b': 2}}]

# -- slice assign
l = [1, 2, 3, 4]
l[1:3] = [9]
l[-1] = 7
x = l

# -- lists
l = [3, 1, 2]
l.sort(reverse=True)
l.insert(0, 9)
l.remove(1)
x = [l, l.index(2), l.pop(0), l[::-1], l.count(2), l * 2, l + [1], [0] * 3, l == [3, 2], min(l), sorted(l, key=lambda v: -v)]

# -- sets
a = {1, 2}
a.add(3); a.discard(1); a.update([7])
x = [sorted(a), sorted(a | {9}), a.issubset({2, 3, 7, 8}), sorted(a.union([5])), sorted(a.intersection([2])), sorted(a.difference([2])), a == {2, 3, 7}, len(a), a <= {2, 3, 7}, frozenset([1]) == {1}, a.isdisjoint({99}), sorted(a ^ {2})]

# -- math
import math
x = [math.ceil(2.1), math.floor(-2.1), math.log2(8), math.prod([2, 3]), math.gcd(12, 18), math.sqrt(16), math.isclose(1, 1), math.log(8, 2), math.inf > 3, math.hypot(3, 4), math.pi]

# -- pathlib unknown
from pathlib import Path
x = 1 if Path('a').name == 'a' else 2

# -- try else finally
log = []
try:
    int('a')
except ValueError as e:
    log.append('v')
else:
    log.append('e')
finally:
    log.append('f')
x = log

# -- custom exception
class E(Exception):
    def __init__(self, n): self.n = n
try:
    raise E(5)
except E as e:
    x = e.n

# -- assert
try:
    assert 1 == 2, 'no'
    x = 1
except AssertionError:
    x = 2

# -- key error
d = {}
try:
    x = d['a']
except KeyError:
    x = 'k'

# -- attribute error
class A: pass
try:
    x = A().foo
except AttributeError:
    x = 'a'

# -- name error
try:
    x = undefined_thing
except NameError:
    x = 'n'

# -- lambda default dict dispatch
ops = {'a': lambda n: n + 1, 'b': lambda n: n * 2}
x = [ops['a'](1), ops['b'](4), ops.get('c', lambda n: 0)(1)]

# -- partial
from functools import partial
def f(a, b, c=0): return [a, b, c]
g = partial(f, 1, c=5)
x = [g(2), partial(g, c=7)(3), g.func is f, g.args, g.keywords]

# -- type call
A = type('A', (), {'n': 5})
x = [A.n, A().n]

# -- while else
n = 3
while n > 0:
    n -= 1
else:
    x = n

# -- for else
for i in range(3):
    if i == 5: break
else:
    x = 'e'

# -- zip strict
x = list(zip([1, 2], [3, 4], strict=True))

# -- comprehension nested if else
x = [a if a % 2 else -a for a in range(5) if a != 3]

# -- dict order
d = {'b': 1, 'a': 2}
x = [sorted(d), sorted(d.items(), key=lambda t: t[1]), max(d, key=d.get), [*d]]

# -- copy
import copy
a = {'l': [1]}
b = copy.deepcopy(a)
b['l'].append(2)
x = [a, b]

# -- copy object
import copy
class A:
    def __init__(self): self.l = [1]
a = A()
b = copy.deepcopy(a)
b.l.append(2)
x = [a.l, b.l]

# -- is none
def f(a=None): return a if a is not None else 3
x = [f(), f(4)]

# -- tuple methods
t = (1, 2, 2)
x = [t.index(2), t.count(2), t + (3,), t[1:], (1, 2) < (1, 3), t * 2]

# -- bytes
x = [b'abc'[0], b'a' + b'b', b'abc'.decode()]

# -- range
r = range(0, 10, 3)
x = [len(r), r[1], list(r)[::-1], list(reversed(r)), 3 in r, r.stop, r.start]

# -- complex default arg capture
fs = [lambda n=n: n for n in range(3)]
x = [f() for f in fs]

# -- any all
x = [any(v > 2 for v in [1, 3]), all([]), any([])]

# -- sum lists
x = sum([[1], [2]], [])

# -- min default
x = [min([], default=3), max([1, 2], default=0), max('a', 'b'), min((2, 'a'), (1, 'b'))]

# -- print
x = print('a')

# -- isinstance
x = [isinstance(1, (int, str)), isinstance(True, int), isinstance([], list), isinstance({}, dict), isinstance('a', str), isinstance((), (list, tuple)), isinstance(1.5, (int, float)), isinstance(None, type(None)), isinstance(1, int | str)]

# -- isinstance abc
from collections.abc import Iterable, Sequence, Mapping, Callable
import numbers
x = [isinstance([1], Iterable), isinstance('a', Sequence), isinstance({}, Mapping), isinstance(3, Iterable), isinstance(3, numbers.Integral), isinstance(3.5, numbers.Number), isinstance((1,), (list, Sequence))]

# -- types
x = [type(1) is int, type('a').__name__, type([]) == list, type(None), int, list] [:3]

# -- type name
x = [type(1).__name__, type([]).__name__, (5).__class__.__name__, int.__name__]

# -- func attrs
def f(a, b=2): "doc"
f.n = 5
x = [f.n, f.__name__]

# -- id compare
a = []
b = a
x = [a is b, a is [], a == []]

# -- assignment expr in comp
x = [y for v in [1, 2] if (y := v * 2) > 2]

# -- multiple return dict unpack
def f(): return {'a': 1}, [2, 3]
d, (p, q) = f()
x = [d, p, q]

# -- ternary chain
n = 2
x = 'a' if n == 1 else 'b' if n == 2 else 'c'

# -- string mult
x = '-' * 5 + '=' * 2

# -- nested functions closure loop
def make():
    fs = []
    for i in range(3):
        def f(i=i): return i
        fs.append(f)
    return [f() for f in fs]
x = make()

# -- recursion
def fact(n): return 1 if n < 2 else n * fact(n - 1)
x = fact(5)

# -- fib memo
memo = {}
def fib(n):
    if n in memo: return memo[n]
    r = n if n < 2 else fib(n - 1) + fib(n - 2)
    memo[n] = r
    return r
x = fib(10)

# -- kwargs pop
def f(**k):
    a = k.pop('a', 5)
    return a, k
x = [f(a=1, b=2), f()]

# -- args slicing
def f(*a): return a[0], a[1:], len(a)
x = f(1, 2, 3)

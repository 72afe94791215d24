# Each ends with a value of x that the interpreter must know as Python does.

# -- enum value
from enum import Enum
class Act(Enum):
    RELU = 'relu'
    TANH = 'tanh'
x = [Act.RELU.value, Act.RELU.name, [a.value for a in Act], Act.RELU == Act.RELU, Act.RELU is Act.TANH, Act('tanh').name, Act['RELU'].value, len(Act)]

# -- intenum
from enum import IntEnum
class N(IntEnum):
    A = 3
    B = 4
x = [N.A + 1, N.B * 2, N.A < N.B, int(N.B)]

# -- str enum
from enum import Enum
class S(str, Enum):
    A = 'relu'
x = [S.A == 'relu', S.A.value, S.A.upper()]

# -- enum auto
from enum import Enum, auto
class A(Enum):
    X = auto()
    Y = auto()
x = [A.X.value, A.Y.value, A(2).name, A.X in A, isinstance(A.X, A)]

# -- enum method
from enum import Enum
class A(Enum):
    X = 1
    def double(self): return self.value * 2
    @property
    def half(self): return self.value / 2
    @classmethod
    def default(cls): return cls.X
x = [A.X.double(), A.X.half, A.default().name]

# -- enum dict keys
from enum import Enum
class A(Enum):
    X = 1
    Y = 2
d = {A.X: 10, A.Y: 20}
x = [d[A.X], d[A.Y], A.X in d]

# -- enum if
from enum import Enum
class A(Enum):
    X = 1
    Y = 2
def f(a):
    if a == A.X: return 'x'
    elif a is A.Y: return 'y'
x = [f(A.X), f(A.Y)]

# -- enum members
from enum import Enum
class A(Enum):
    X = 1
    Y = 2
x = list(A.__members__)

# -- enum alias
from enum import Enum
class A(Enum):
    X = 1
    Z = 1
x = [A.Z.name, len(A)]

# -- enum tuple values with init
from enum import Enum
class A(Enum):
    X = (1, 2)
    def __init__(self, a, b):
        self.a = a
        self.b = b
x = [A.X.a, A.X.b, A.X.value]

# -- namedtuple
from collections import namedtuple
P = namedtuple('P', ['a', 'b'])
p = P(1, b=2)
a, b = p
x = [p.a, p[1], a, b, len(p), p._replace(a=5).a, p == (1, 2), list(p), p._asdict()]

# -- namedtuple string defaults
from collections import namedtuple
P = namedtuple('P', 'a b c', defaults=(3,))
x = [P(1, 2).c, P._fields]

# -- namedtuple from collections module
import collections
BlockArgs = collections.namedtuple('BlockArgs', ['k', 'n'])
BlockArgs.__new__.__defaults__ = (None,) * len(BlockArgs._fields)
x = [BlockArgs(k=3).k, BlockArgs(k=3).n]

# -- NamedTuple class
from typing import NamedTuple
class P(NamedTuple):
    a: int
    b: int = 2
    def s(self): return self.a + self.b
p = P(1)
x = [p.a, p.b, p.s(), p[0], [*p], p._asdict()['b']]

# -- NamedTuple functional
from typing import NamedTuple
P = NamedTuple('P', [('a', int), ('b', int)])
x = P(1, 2).b

# -- dataclass
from dataclasses import dataclass, field, replace, asdict, astuple, fields
@dataclass
class C:
    a: int
    b: int = 2
    c: list = field(default_factory=list)
    d: tuple = field(default=(1,2))
c = C(1)
x = [c.a, c.b, c.c, c.d, replace(c, a=9).a, asdict(c), astuple(c), [f.name for f in fields(c)], c == C(1), C(1, c=[3]).c]

# -- dataclass inheritance
from dataclasses import dataclass
@dataclass
class A:
    a: int = 1
@dataclass
class B(A):
    b: int = 2
    a: int = 7
x = [B().a, B(3).a, B(3, 4).b]

# -- dataclass frozen
from dataclasses import dataclass
@dataclass(frozen=True)
class A:
    a: int = 1
try:
    z = A()
    z.a = 3
    x = 'no'
except Exception as e:
    x = 'yes'

# -- dataclass kw_only
from dataclasses import dataclass, KW_ONLY
@dataclass
class A:
    a: int
    _: KW_ONLY
    b: int = 3
x = [A(1, b=5).b, A(1).b]

# -- dataclass classvar
from dataclasses import dataclass
from typing import ClassVar
@dataclass
class A:
    n: ClassVar[int] = 5
    a: int = 1
x = [A(9).a, A.n]

# -- dataclass post init
from dataclasses import dataclass, InitVar, field
@dataclass
class A:
    a: int
    b: int = field(init=False)
    def __post_init__(self):
        self.b = self.a * 2
x = A(4).b

# -- dataclass mutable default shared
from dataclasses import dataclass, field
@dataclass
class A:
    a: list = field(default_factory=lambda: [1])
p, q = A(), A()
p.a.append(2)
x = [p.a, q.a]

# -- dataclass call
import dataclasses
@dataclasses.dataclass
class Config:
    units: int = 64
    act: str = 'relu'
cfg = Config(units=3)
x = [getattr(cfg, 'units'), vars(cfg), cfg.__dict__['act'], dataclasses.asdict(cfg)]

# -- typeddict
from typing import TypedDict
class T(TypedDict, total=False):
    a: int
    b: str
t: T = {'a': 1}
u = T(a=2, b='q')
x = [t['a'], u['b']]

# -- getitem len iter contains
class A:
    def __init__(self): self.v = [1, 2, 3]
    def __getitem__(self, i): return self.v[i]
    def __len__(self): return len(self.v)
    def __iter__(self): return iter(self.v)
    def __contains__(self, q): return q in self.v
a = A()
x = [a[1], len(a), list(a), 3 in a, [q for q in a], a[0:2], sum(a)]

# -- getitem protocol
class A:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * 2
x = [q for q in A()]

# -- iter next
class A:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
x = [list(A()), [q for q in A()]]

# -- generator iter
class A:
    def __iter__(self):
        yield 1
        yield 2
x = list(A())

# -- enter
class A:
    def __enter__(self): return 5
    def __exit__(self, *a): return False
with A() as b:
    x = b

# -- call
class A:
    def __call__(self, n): return n + 1
x = A()(4)

# -- eq hash
class A:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __hash__(self): return hash(self.n)
x = [A(1) == A(1), A(1) != A(2), A(1) in [A(1)]]

# -- lt
class A:
    def __init__(self, n): self.n = n
    def __lt__(self, o): return self.n < o.n
x = [A(1) < A(2), A(1) > A(2)]

# -- str repr
class A:
    def __str__(self): return 'q'
    def __repr__(self): return 'r'
x = [str(A()), repr(A()), f'{A()}', '%s' % A(), '{}'.format(A())]

# -- radd
class A:
    def __radd__(self, o): return 5
    def __rmul__(self, o): return 6
    def __neg__(self): return 7
    def __iadd__(self, o): return self
x = [1 + A(), 2 * A(), -A()]

# -- property static class
class A:
    n = 3
    def __init__(self, v): self.v = v
    @property
    def p(self): return self.v * 2
    @staticmethod
    def s(q): return q + 1
    @classmethod
    def make(cls, q): return cls(q * 10)
x = [A.make(2).p, A.s(1), A(1).s(2), A.n, A(1).n]

# -- property setter
class A:
    @property
    def p(self): return self._p
    @p.setter
    def p(self, v): self._p = v * 2
a = A()
a.p = 4
x = a.p

# -- property function
class A:
    def get(self): return 4
    p = property(get)
x = A().p

# -- getattr method
class A:
    def __getattr__(self, name): return name + '!'
x = A().foo

# -- setattr
class A:
    def __init__(self, **kw):
        for k, v in kw.items():
            setattr(self, k, v)
x = [A(a=1).a, getattr(A(b=2), 'b'), getattr(A(), 'zz', 5), hasattr(A(c=1), 'c')]

# -- dict update
class A:
    def __init__(self, **kw):
        self.__dict__.update(kw)
x = A(a=1).a

# -- vars
class A:
    def __init__(self): self.a = 1; self.b = 2
x = vars(A())

# -- cached property
from functools import cached_property
class A:
    k = 0
    @cached_property
    def p(self):
        A.k += 1
        return 5
a = A()
x = [a.p, a.p, A.k]

# -- slots
class A:
    __slots__ = ('a',)
    def __init__(self): self.a = 5
x = A().a

# -- class attr mutated
class A:
    reg = {}
    @classmethod
    def register(cls, f):
        cls.reg[f.__name__] = f
        return f
@A.register
def foo(): return 5
x = [A.reg['foo'](), list(A.reg)]

# -- registry decorator
R = {}
def register(name):
    def deco(f):
        R[name] = f
        return f
    return deco
@register('a')
def foo(n): return n + 1
@register('b')
class B: v = 3
x = [R['a'](1), R['b'].v]

# -- init_subclass
class Base:
    reg = []
    def __init_subclass__(cls, **kw):
        Base.reg.append(cls.__name__)
class A(Base): pass
x = Base.reg

# -- abc
from abc import ABC, abstractmethod
class A(ABC):
    @abstractmethod
    def f(self): ...
class B(A):
    def f(self): return 4
x = B().f()

# -- metaclass
class A(metaclass=type):
    n = 4
x = A.n

# -- generic
from typing import Generic, TypeVar
T = TypeVar('T')
class A(Generic[T]):
    def __init__(self, v: T): self.v = v
x = A[int](5).v

# -- protocol
from typing import Protocol
class A(Protocol):
    n: int = 3
class B(A):
    pass
x = B().n

# -- inherit dict
class A(dict):
    def __getattr__(self, n): return self[n]
a = A(b=3)
x = a.b

# -- nested class
class A:
    class B:
        n = 4
x = A.B.n

# -- class comprehension const
class A:
    n = 3
    m = [n for _ in range(1)] if False else n * 2
x = A.m

# -- class name
class A: pass
x = [A.__name__, A().__class__.__name__, type(A()).__name__, A.__qualname__]

# -- subclass check
class A: pass
class B(A): pass
x = [issubclass(B, A), issubclass(A, B), isinstance(B(), A), type(B()) is B, B.__bases__[0] is A, B.__mro__[1] is A]

# -- attrdict
class AttrDict(dict):
    def __init__(self, *args, **kwargs):
        super(AttrDict, self).__init__(*args, **kwargs)
        self.__dict__ = self
a = AttrDict(units=4, act='relu')
a.lr = 3
a['z'] = 5
x = [a.units, a['lr'], a.z, len(a), a.get('q', 7), sorted(a), 'units' in a, isinstance(a, dict), isinstance(a, AttrDict)]

# -- attrdict getattr
class AttrDict(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name)
    def __setattr__(self, name, value):
        self[name] = value
a = AttrDict({'b': 3})
a.c = 4
x = [a.b, a['c'], dict(a), getattr(a, 'zz', 9)]

# -- attrdict slots
class dotdict(dict):
    __getattr__ = dict.get
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__
a = dotdict({'b': 3})
a.c = 5
x = [a.b, a.c, a.d, {**a}]

# -- dict subclass method
class Config(dict):
    def total(self): return sum(self.values())
    @classmethod
    def make(cls): return cls(a=1, b=2)
c = Config.make()
x = [c.total(), c.copy(), c == {'a': 1, 'b': 2}, list(c.items()), Config(c).total(), type(c) is Config]

# -- ordered subclass
from collections import OrderedDict
class R(OrderedDict):
    def add(self, k, v):
        self[k] = v
        return self
x = list(R().add('a', 1).add('b', 2).items())

# -- a member that is set through an object of its own
class A:
    n = 1
a = A()
a.n = 5
x = [a.n, A.n, A().n]

# -- __getattr__ is asked last
class A:
    k = 2
    def __getattr__(self, name):
        return 1
a = A()
a.m = 3
x = [a.n, a.k, a.m]

# -- __setattr__
class A:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value + 1)
a = A()
a.n = 1
x = a.n

# -- __setattr__ by super
class A:
    def __init__(self):
        self.n = 3
    def __setattr__(self, name, value):
        super().__setattr__(name, value * 2)
x = A().n

# -- __eq__ of anything
class A:
    def __eq__(self, other):
        return True
x = [A() == 3, 3 == A(), A() != 3]

# -- objects are equal to themselves only
class A: pass
a = A()
x = [a == a, a == A(), a != A(), a in [a], a in [A()], [a] == [a], (a, 1) == (A(), 1), a == 3, a is None]

# -- a class that is given as a value
class A:
    n = 3
class B(A):
    n = 4
def make(cls=A):
    return cls().n
x = [make(), make(B), [c().n for c in (A, B)], {A: 1, B: 2}[B]]

# -- super in a row
class A:
    def f(self): return ['a']
class B(A):
    def f(self): return super().f() + ['b']
class C(A):
    def f(self): return super().f() + ['c']
class D(B, C):
    def f(self): return super().f() + ['d']
x = D().f()

# -- init that calls its base
class A:
    def __init__(self, n, *, k=2): self.n = n * k
class B(A):
    def __init__(self, **more):
        super().__init__(3, **more)
        self.m = self.n + 1
x = [B().m, B(k=5).m]

# -- a class of classes
class Config:
    class Model:
        units = 64
        act = 'relu'
    batch = 32
    shape = (batch, Model.units)
x = [Config.Model.units, Config.shape, getattr(Config, 'batch')]

# -- constants of a class in a comprehension
class A:
    sizes = [1, 2]
    twice = [n * 2 for n in sizes]
x = A.twice

# -- a decorator of classes
R = []
def register(cls):
    R.append(cls.__name__)
    cls.tag = 'r'
    return cls
def with_n(n):
    def decorate(cls):
        cls.n = n
        return cls
    return decorate
@register
@with_n(5)
class A: pass
x = [R, A.tag, A.n]

# -- a decorator that makes the class an object
@lambda cls: cls()
class only:
    n = 4
x = only.n

# -- functions that are remembered
from functools import lru_cache
calls = []
@lru_cache(maxsize=None)
def f(n, k=1):
    calls.append(n)
    return [n * k]
a, b = f(2), f(2)
a.append(0)
x = [b, f(3), f(2, 1), f(2, k=1) is a, calls[:2]]

# -- a property that is computed once
from functools import cached_property
class A:
    log = []
    @cached_property
    def p(self):
        self.log.append(1)
        return [1]
a = A()
a.p.append(2)
x = [a.p, A.log, A().p]

# -- a property without a setter
class A:
    @property
    def n(self): return 1
try:
    A().n = 2
    x = 'set'
except AttributeError:
    x = 'refused'

# -- a named tuple of the program
from collections import namedtuple
class P(namedtuple('P', 'a b')):
    @property
    def total(self): return self.a + self.b
    def moved(self, n): return self._replace(a=self.a + n)
p = P(1, 2)
x = [p.total, p.moved(3).a, p.moved(3).total, isinstance(p, P), isinstance(p, tuple), p[:1], p + (3,), str(p), {p: 1}[(1, 2)]]

# -- named tuples in a list
from typing import NamedTuple
class Block(NamedTuple):
    filters: int
    kernel: int = 3
    strides: tuple = (1, 1)
blocks = [Block(32), Block(64, strides=(2, 2)), Block(16, 5)]
x = [[b.filters * b.kernel for b in blocks], [s for _, _, s in blocks], Block._fields, Block(*[1, 2]) == (1, 2, (1, 1))]

# -- dataclasses that compare
from dataclasses import dataclass, field
@dataclass(order=True)
class V:
    a: int
    b: str = 'q'
    c: list = field(default_factory=list)
x = [V(1) == V(1), V(1) < V(2), V(1, 'z') > V(1, 'a'), V(1) != V(1, c=[1]), V(1) == 1, sorted([V(2), V(1)])[0].a, str(V(1)), max(V(1), V(3)).a]

# -- dataclasses that inherit
from dataclasses import dataclass, asdict
@dataclass
class Base:
    units: int = 64
    name: str = 'base'
@dataclass
class Conv(Base):
    kernel: int = 3
    units: int = 32
class Plain(Conv):
    extra = 5
x = [asdict(Conv()), Conv(1, 'n', 5).kernel, Plain(7).units, Plain.extra, Conv.units]

# -- a dataclass with its own init
from dataclasses import dataclass
@dataclass
class A:
    n: int
    def __init__(self, n):
        self.n = n * 2
x = A(3).n

# -- a dataclass made by a function
from dataclasses import dataclass
class A:
    n: int = 3
B = dataclass(A)
x = B(4).n

# -- InitVar
from dataclasses import dataclass, InitVar, field
@dataclass
class A:
    n: int
    k: InitVar[int] = 2
    m: int = field(init=False, default=0)
    def __post_init__(self, k):
        self.m = self.n * k
x = [A(3).m, A(3, 5).m, vars(A(1))]

# -- enumerations with methods and texts
from enum import Enum, IntEnum, unique
@unique
class Kind(Enum):
    DENSE = 'dense'
    CONV = 'conv'
    @classmethod
    def of(cls, text):
        return cls[text.upper()]
    @property
    def short(self):
        return self.value[:2]
    def __str__(self):
        return self.name.lower()
class Size(IntEnum):
    SMALL = 8
    BIG = 32
x = [Kind.of('conv').value, Kind.DENSE.short, str(Kind.CONV), f'{Kind.DENSE}', [k.name for k in Kind], Size.BIG // 2, Size(8).name, max(Size).name, Size.SMALL < Size.BIG, {Kind.CONV: 1}.get(Kind.CONV), Kind.DENSE in (Kind.DENSE,), Kind.CONV != Kind.DENSE, [int(s) for s in Size], isinstance(Size.BIG, int), Kind('dense') is Kind.DENSE]

# -- enumerations show as Python 3.11 shows them
from enum import Enum, IntEnum
class S(str, Enum):
    A = 'relu'
class I(IntEnum):
    B = 3
class P(Enum):
    C = 1
x = [str(S.A), f'{S.A}', S.A + '!', S.A == 'relu', {'relu': 1}[S.A], str(I.B), f'{I.B:03d}', '%d' % I.B, str(P.C), '%s' % P.C, f'{P.C}']

# -- iterating an enumeration of layers by name
from enum import Enum, auto
class L(Enum):
    A = auto()
    B = auto()
    C = A
x = [[m.value for m in L], len(L), L.C is L.A, L['B'].value, list(L.__members__), L.A in L]

# -- a class that counts its objects
class A:
    count = 0
    def __init__(self):
        A.count += 1
        self.id = self.count
x = [A().id, A().id, A.count]

# -- a class with operators
class V:
    def __init__(self, *n): self.n = n
    def __add__(self, o): return V(*(a + b for a, b in zip(self.n, o.n)))
    def __mul__(self, k): return V(*(a * k for a in self.n))
    __rmul__ = __mul__
    def __iadd__(self, o):
        self.n = self.n + o.n
        return self
    def __neg__(self): return self * -1
    def __len__(self): return len(self.n)
    def __bool__(self): return bool(self.n)
    def __int__(self): return sum(self.n)
    def __abs__(self): return 7
    def __lt__(self, o): return int(self) < int(o)
v = V(1, 2)
w = v
w += V(5)
x = [(v + V(1, 1)).n, (2 * V(3)).n, (V(3) * 2).n, v.n, (-V(1)).n, len(v), bool(V()), int(v), abs(v), sorted([V(5), V(1)])[0].n, max([V(5), V(1)], key=int).n]

# -- subscripts
class G:
    def __init__(self): self.d = {}
    def __setitem__(self, k, v): self.d[k] = v
    def __getitem__(self, k): return self.d[k]
    def __delitem__(self, k): del self.d[k]
    def __contains__(self, k): return k in self.d
g = G()
g['a'] = 1
g['b'] = 2
del g['a']
x = [g['b'], 'a' in g, g.d]

# -- type and isinstance
class A: pass
class B(A): pass
x = [isinstance(B(), (A, int)), issubclass(B, A), issubclass(A, (B, int)), type(B()) is B, type(B()) == A, isinstance(A, type), B().__class__.__name__, B.__mro__[1] is A, isinstance(3, A), isinstance(True, int), isinstance(3, (str, float)), isinstance([], (list, tuple)), type(3) in (int, float), isinstance(None, type(None)), isinstance('a', int | str), isinstance(3, int | None)]

# -- types of made-up classes
A = type('A', (), {'n': 5, 'f': lambda self, k: k + self.n})
class B(A): n = 6
x = [A.n, A().f(1), B().f(1), A.__name__]

# -- __init_subclass__ with arguments
class Base:
    known = {}
    def __init_subclass__(cls, key=None, **more):
        super().__init_subclass__(**more)
        Base.known[key] = cls
class A(Base, key='a'):
    n = 1
x = [Base.known['a'].n, list(Base.known)]

# -- attrs
import attr
@attr.s(auto_attribs=True)
class A:
    n: int
    k: int = 2
@attr.s
class B:
    n = attr.ib()
    m = attr.ib(default=3)
    l = attr.ib(factory=list)
@attr.define
class C:
    n: int = 4
    l: list = attr.field(factory=list)
x = [A(1).k, A(1, 5).k, B(1).m, B(1).l, C().n, C(7).l, attr.asdict(A(1))]

# -- a copy of an object
import copy
class A:
    def __init__(self):
        self.l = [1]
        self.same = self.l
a = A()
b = copy.copy(a)
c = copy.deepcopy(a)
a.l.append(2)
x = [b.l, c.l, c.same is c.l, type(c) is A]

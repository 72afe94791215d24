# Each ends with a value of x that the interpreter must know as Python does.

# -- for
def g():
    yield 1
    yield 2
x = [i for i in g()]

# -- consumers
def g(n):
    for i in range(n):
        yield i * 2
x = [list(g(3)), sum(g(4)), tuple(g(2)), max(g(3)), next(g(3)), dict(zip('ab', g(2))), sorted(g(3), reverse=True), list(enumerate(g(2), 1))]

# -- next
def g():
    yield 1
    yield 2
i = g()
x = [next(i), next(i), next(i, 'end')]

# -- without end
def g():
    n = 0
    while True:
        yield n
        n += 1
i = g()
x = [next(i), next(i), list(zip('abc', i))]
for n in i:
    if n > 8:
        break
    x.append(n)
x.append(next(i))

# -- what is left after zip
def g():
    yield from (1, 2, 3, 4)
i = g()
x = [list(zip(i, 'ab')), list(i)]

# -- yield from
def a():
    yield 1
    return 5
def b():
    r = yield from a()
    yield r
    yield from [7, 8]
x = list(b())

# -- send
def g():
    got = yield 1
    while True:
        got = yield got * 2
i = g()
x = [next(i), i.send(5), i.send(6)]

# -- what is sent passes through yield from
def a():
    got = yield 'first'
    yield got
def b():
    yield from a()
i = b()
x = [next(i), i.send(4)]

# -- yield within expressions
def g():
    x = (yield 1) + (yield 2)
    yield [x, (yield 3)]
i = g()
x = [next(i), i.send(10), i.send(20), i.send(30)]

# -- its order among what else happens
log = []
def g():
    log.append('a')
    yield 1
    log.append('b')
    yield 2
    log.append('c')
i = g()
log.append('made')
for n in i:
    log.append(n)
x = log

# -- unpacked
def g():
    yield 1
    yield 2
a, b = g()
x = [a, b, *g()]

# -- finally
log = []
def g():
    try:
        yield 1
        yield 2
    finally:
        log.append('f')
for i in g():
    log.append(i)
x = log

# -- except around a yield
def g():
    for text in ('1', 'a', '2'):
        try:
            yield int(text)
        except ValueError:
            yield None
        else:
            yield 'fine'
x = list(g())

# -- return
def g(n):
    for i in range(n):
        if i == 2:
            return
        yield i
    yield 'end'
x = [list(g(2)), list(g(5))]

# -- while, if, match, with
class C:
    def __enter__(self):
        return 3
    def __exit__(self, *a):
        log.append('left')
log = []
def g(n):
    while n:
        n -= 1
        if n == 1:
            yield 'one'
        elif n == 2:
            continue
        else:
            yield n
    else:
        yield 'else'
    match n:
        case 0:
            yield 'none'
        case _:
            yield 'some'
    with C() as c:
        yield c
x = [list(g(4)), log]

# -- a method
class A:
    def __init__(self):
        self.v = [3, 4]
    def items(self):
        for v in self.v:
            yield v
    def __iter__(self):
        yield from self.items()
x = [list(A().items()), list(A()), [2 * v for v in A()]]

# -- recursion
def flat(t):
    for a in t:
        if isinstance(a, list):
            yield from flat(a)
        else:
            yield a
x = list(flat([1, [2, [3]], 4]))

# -- a closure
def outer(n):
    def g():
        yield n
        yield n + 1
    return g
x = list(outer(3)())

# -- dropped before it begins
log = []
def g():
    log.append(1)
    yield 1
g()
x = log

# -- used up
def g():
    yield 1
i = g()
x = [list(i), list(i)]

# -- generator expressions run as they are asked
log = []
def f(n):
    log.append(n)
    return n
for i in (f(n) for n in range(3)):
    log.append('u')
i = (f(n) for n in (7, 8))
next(i)
x = log

# -- generator expressions see names as they are then
n = 1
q = (n * i for i in range(3))
n = 10
x = list(q)

# -- map and filter run as they are asked
log = []
m = map(lambda v: log.append(v), [1, 2])
f = filter(lambda v: log.append(-v) or v > 1, [1, 2])
a = len(log)
x = [a, list(m), list(f), log]

# -- any and all stop
log = []
def f(n):
    log.append(n)
    return n > 1
x = [any(f(n) for n in range(5)), all(f(n) for n in (2, 0, 3)), any(map(f, (5, 6))), log]

# -- an iterator that is walked twice
i = iter([1, 2, 3, 4])
x = [(a, next(i)) for a in i]

# -- a list that grows meanwhile
l = [1, 2]
i = iter(l)
next(i)
l.append(3)
x = list(i)

# -- views of a dictionary
d = {'a': 1}
k, v, e = d.keys(), d.values(), d.items()
d['b'] = 2
x = [list(k), list(v), list(e), len(k), 'b' in k, 2 in v, ('a', 1) in e, sorted(k & {'a', 'z'}), sorted(k - {'a'})]

# -- objects
class A:
    def __init__(self):
        self.v = [1, 2, 3]
    def __getitem__(self, i):
        return self.v[i]
class B:
    def __init__(self):
        self.n = 0
    def __iter__(self):
        return self
    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n
class C:
    def __iter__(self):
        return iter([5, 6])
class D:
    def __contains__(self, n):
        return n > 3
b = B()
x = [list(A()), 2 in A(), 9 in A(), list(B()), next(b), next(b), [*C()], sum(C()), 5 in C(), 4 in D(), 1 in D(), dict(enumerate(C()))]

# -- contextmanager
from contextlib import contextmanager
log = []
@contextmanager
def ctx(n):
    log.append('in')
    try:
        yield n + 1
    finally:
        log.append('out')
with ctx(4) as q:
    log.append(q)
x = log

# -- contextmanager that swallows
from contextlib import contextmanager
log = []
@contextmanager
def swallow():
    try:
        yield
    except ValueError:
        log.append('swallowed')
with swallow():
    int('a')
    log.append('not reached')
with swallow() as s:
    log.append(s)
try:
    with swallow():
        raise KeyError
except KeyError:
    log.append('key')
x = log

# -- layers
def sizes():
    n = 64
    while n > 8:
        yield n
        n //= 2
x = [n for n in sizes()]

# -- zip strict
try:
    x = list(zip([1, 2], [3], strict=True))
except ValueError:
    x = 'different'

# -- a generator that raises
def g():
    yield 1
    raise KeyError
try:
    x = []
    for i in g():
        x.append(i)
except KeyError:
    x.append('key')

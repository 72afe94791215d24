# Each ends with a value of x that the interpreter must not claim to know.

# -- recursion without end
def f(n):
    return f(n + 1)
x = f(0)

# -- deep recursion
def f(n):
    return 0 if n == 0 else 1 + f(n - 1)
x = f(500)

# -- a generator over something unknown
from a import items
def f():
    for item in items:
        yield 1
x = list(f())

# -- a generator that goes on for as long as something unknown says
from a import more
def f():
    while True:
        yield 1
        if more():
            break
x = list(f())

# -- what a generator changes behind an unknown number of items
from a import items
log = [1]
def f():
    for item in items:
        log.append(2)
        yield item
for item in f():
    pass
x = log

# -- what a generator changes that unknown code walks over
from a import walk
log = [1]
def f():
    log.append(2)
    yield 3
walk(f())
x = log

# -- an iterator that is walked over in a loop of unknown length
from a import items
i = iter([1, 2, 3])
for item in items:
    next(i)
x = next(i)

# -- what a generator changes that is asked in a loop of unknown length
from a import items
log = [1]
def f():
    while True:
        log.append(2)
        yield 3
i = f()
for item in items:
    next(i)
x = log

# -- what map changes over something unknown
from a import items
log = [1]
list(map(log.append, items))
x = log

# -- a yield under a condition within an expression
from a import b
def f():
    x = b and (yield 1)
    yield 2
x = list(f())

# -- async
async def f():
    return 1
x = f()

# -- an unknown base
from a import B
class A(B):
    pass
x = A().n

# -- an unknown base that sets attributes
from a import B
class A(B):
    def __init__(self):
        super().__init__()
x = A().n

# -- __new__
class A:
    def __new__(cls):
        return 5
x = A()


# -- __getattribute__
class A:
    n = 1
    def __getattribute__(self, name):
        return 2
x = A().n

# -- an attribute of unknown name
from a import b
class A: pass
a = A()
a.n = 2
setattr(a, b, 3)
x = a.n

# -- handed to the unknown
from a import b
x = [1]
b(x)

# -- a method that changes it handed to a library
import pandas as pd
x = set()
pd.read_csv('a.csv')['b'].apply(x.update)
x = len(x)

# -- star arguments of unknown length
from a import b
def f(n=1, m=2):
    return n
x = f(*b)

# -- keywords of unknown content
from a import b
def f(n=1):
    return n
x = f(**b)

# -- a list that is shuffled
import random
l = [1, 2, 3]
random.shuffle(l)
x = l[0]

# -- a list that is a heap
import heapq
l = [3, 1, 2]
heapq.heapify(l)
x = l[1]

# -- a constant of a class that a loop of unknown length changes
from a import items
class A:
    n = 1
for item in items:
    A.n += 1
x = A.n

# -- an attribute of a function that a loop of unknown length changes
from a import items
def f():
    f.n += 1
f.n = 0
for item in items:
    f()
x = f.n

# -- a function that is chosen by the type of its argument
from functools import singledispatch
@singledispatch
def f(n):
    return 1
@f.register(int)
def _(n):
    return 2
x = f(3)

# -- exec
n = 1
exec(open('settings.py').read())
x = n

# -- names set under names that are not known
from a import settings
n = 1
globals().update(settings)
x = n

# -- attributes that come from elsewhere
from a import settings
class A:
    def __init__(self, **given):
        self.n = 1
        self.__dict__.update(given)
x = A(**settings).n

# -- a class whose brackets give something else
class A:
    def __class_getitem__(cls, n):
        return 5
x = A[int]

# -- an enumeration that makes its values itself
from enum import Enum
class A(Enum):
    B = 1
    def __new__(cls, value):
        made = object.__new__(cls)
        made._value_ = value * 2
        return made
x = A.B.value

# -- a dictionary that makes its own entries
class D(dict):
    def __missing__(self, key):
        return 5
x = D()['a']

# -- a counter of something unknown
from a import words
from collections import Counter
x = Counter(words)['a']

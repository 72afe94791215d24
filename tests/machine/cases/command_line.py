# Each ends with a value of x that the interpreter must know as Python has it in a run without arguments.

# -- default
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--units', type=int, default=64)
args = parser.parse_args()
x = args.units

# -- no default
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--units', type=int)
x = [parser.parse_args().units]

# -- dashes, short and long
from argparse import ArgumentParser
p = ArgumentParser(description='a')
p.add_argument('-u', '--hidden-units', default=3)
p.add_argument('-v', action='count', default=0)
p.add_argument('--lr', '--learning-rate', dest='rate', type=float, default=1e-3)
x = vars(p.parse_args())

# -- actions
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', action='store_true')
p.add_argument('--b', action='store_false')
p.add_argument('--c', action='store_const', const=5)
p.add_argument('--d', action='append')
p.add_argument('--e', action='count')
p.add_argument('--f', action='store_true', default=None)
p.add_argument('--version', action='version', version='1')
x = vars(p.parse_args())

# -- a text is converted, another default is not
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', type=int, default='64')
p.add_argument('--b', type=int, default=6.5)
p.add_argument('--c', type=lambda s: [int(n) for n in s.split(',')], default='1,2')
p.add_argument('--d', type=bool, default='False')
p.add_argument('--e', type=float, default='1e-3')
def flag(text):
    return text.lower() in ('yes', 'true')
p.add_argument('--f', type=flag, default='True')
p.add_argument('--g', type=flag, default=False)
x = vars(p.parse_args())

# -- nargs and choices
import argparse
p = argparse.ArgumentParser()
p.add_argument('--sizes', type=int, nargs='+', default=[64, 32])
p.add_argument('--act', choices=['relu', 'tanh'], default='tanh')
p.add_argument('files', nargs='*')
p.add_argument('--maybe', nargs='?', const=1, default=2)
x = vars(p.parse_args())

# -- an optional positional
import argparse
p = argparse.ArgumentParser()
p.add_argument('n', nargs='?', type=int, default='7')
x = p.parse_args().n

# -- vars
import argparse
ap = argparse.ArgumentParser()
ap.add_argument('-e', '--epochs', type=int, default=10)
args = vars(ap.parse_args())
args['more'] = 1
x = [args['epochs'], args.get('more'), sorted(args)]

# -- parse_known_args
import argparse
p = argparse.ArgumentParser()
p.add_argument('--n', default=4)
args, rest = p.parse_known_args()
x = [args.n, rest]

# -- an empty list of arguments
import argparse
p = argparse.ArgumentParser()
p.add_argument('--n', default=4)
x = [p.parse_args([]).n, p.parse_args(args=[]).n, p.parse_args(None).n, p.parse_args('').n]

# -- sys.argv
import argparse, sys
def main(argv):
    p = argparse.ArgumentParser()
    p.add_argument('--n', default=4)
    return p.parse_args(argv)
x = main(sys.argv[1:]).n

# -- groups
import argparse
p = argparse.ArgumentParser()
g = p.add_argument_group('model', 'its sizes')
g.add_argument('--n', default=4)
e = p.add_mutually_exclusive_group()
e.add_argument('--a', action='store_true')
e.add_argument('--b', action='store_true')
x = vars(p.parse_args())

# -- set_defaults
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', default=1)
p.set_defaults(a=2, b=3, c='4')
p.add_argument('--c', type=int)
p.add_argument('--d', type=int, default='5')
p.set_defaults(d='6')
x = vars(p.parse_args())

# -- parents
import argparse
base = argparse.ArgumentParser(add_help=False)
base.add_argument('--a', default=1)
p = argparse.ArgumentParser(parents=[base])
p.add_argument('--b', default=2)
x = vars(p.parse_args())

# -- two options for one attribute
import argparse
p = argparse.ArgumentParser()
p.add_argument('--on', dest='flag', action='store_true', default=True)
p.add_argument('--off', dest='flag', action='store_false', default=False)
x = p.parse_args().flag

# -- argument_default and SUPPRESS
import argparse
p = argparse.ArgumentParser(argument_default=argparse.SUPPRESS)
p.add_argument('--a')
p.add_argument('--b', default=2)
x = [vars(p.parse_args()), hasattr(p.parse_args(), 'a'), getattr(p.parse_args(), 'a', 9)]

# -- BooleanOptionalAction
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', action=argparse.BooleanOptionalAction, default=True)
p.add_argument('--b', action=argparse.BooleanOptionalAction)
x = vars(p.parse_args())

# -- an action of the program
import argparse
class Upper(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, values.upper())
p = argparse.ArgumentParser()
p.add_argument('--a', action=Upper, default='q')
x = p.parse_args().a

# -- into a namespace
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', default=1)
p.add_argument('--b', default=2)
x = vars(p.parse_args(namespace=argparse.Namespace(a=5)))

# -- set afterwards
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', default=None)
args = p.parse_args()
if args.a is None:
    args.a = 5
args.b = args.a * 2
x = vars(args)

# -- options in a loop
import argparse
p = argparse.ArgumentParser()
for name, size in {'a': 1, 'b': 2}.items():
    p.add_argument(f'--{name}', type=int, default=size)
x = vars(p.parse_args())

# -- options added by functions
import argparse
def common(parser):
    parser.add_argument('--a', default=1)
    return parser
x = common(argparse.ArgumentParser()).parse_args().a

# -- as keyword arguments
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', default=1)
def f(a, b=2):
    return a + b
x = f(**vars(p.parse_args()))

# -- get_default
import argparse
p = argparse.ArgumentParser()
p.add_argument('--a', default=1)
x = p.get_default('a')

# -- SimpleNamespace and Namespace
import argparse
from types import SimpleNamespace
x = [argparse.Namespace(a=1).a, SimpleNamespace(**{'b': 2}).b]

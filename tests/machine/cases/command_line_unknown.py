# Each ends with a value of x that is not decided by a run without arguments, or not by what is seen of the program.

# -- required
import argparse
p = argparse.ArgumentParser()
p.add_argument('--n', type=int, required=True)
x = p.parse_args().n

# -- positional
import argparse
p = argparse.ArgumentParser()
p.add_argument('n', type=int)
x = p.parse_args().n

# -- positional with plus
import argparse
p = argparse.ArgumentParser()
p.add_argument('n', nargs='+')
x = p.parse_args().n

# -- a required group
import argparse
p = argparse.ArgumentParser()
g = p.add_mutually_exclusive_group(required=True)
g.add_argument('--a', action='store_true')
x = p.parse_args().a

# -- subparsers
import argparse
p = argparse.ArgumentParser()
s = p.add_subparsers(dest='command')
train = s.add_parser('train')
train.add_argument('--n', default=4)
x = p.parse_args().n

# -- which command
import argparse
p = argparse.ArgumentParser()
p.add_subparsers(dest='command').add_parser('train')
x = p.parse_args().command

# -- arguments that are written out
import argparse
p = argparse.ArgumentParser()
p.add_argument('--n', type=int, default=4)
x = p.parse_args(['--n', '5']).n

# -- arguments that come from elsewhere
import argparse
from a import argv
p = argparse.ArgumentParser()
p.add_argument('--n', type=int, default=4)
x = p.parse_args(argv).n

# -- a default that is not known
import argparse
from a import n
p = argparse.ArgumentParser()
p.add_argument('--n', default=n)
x = p.parse_args().n

# -- the environment
import os
x = os.environ.get('N', '64')

# -- the environment as a default
import argparse, os
p = argparse.ArgumentParser()
p.add_argument('--n', type=int, default=os.getenv('N', 64))
x = p.parse_args().n

# -- keyword arguments that are not known
import argparse
from a import settings
p = argparse.ArgumentParser()
p.add_argument('--n', **settings)
x = p.parse_args().n

# -- filled by code that is not seen
import argparse
from a import fill
p = argparse.ArgumentParser()
p.add_argument('--n', default=4)
fill(p)
x = p.parse_args().n

# -- defaults changed by something unknown
import argparse
from a import settings
p = argparse.ArgumentParser()
p.add_argument('--n', default=4)
p.set_defaults(**settings)
x = p.parse_args().n

# -- an action with its own way to begin
import argparse
class Own(argparse.Action):
    def __init__(self, **options):
        super().__init__(**{**options, 'default': 5})
p = argparse.ArgumentParser()
p.add_argument('--n', action=Own)
x = p.parse_args().n

# -- a parser of the program
import argparse
class Parser(argparse.ArgumentParser):
    def parse_args(self, *given):
        return 5
p = Parser()
p.add_argument('--n', default=4)
x = p.parse_args().n

# -- filled in a loop of unknown length
import argparse
from a import names
p = argparse.ArgumentParser()
p.add_argument('--n', default=4)
for name in names:
    p.add_argument(f'--{name}', default=1)
x = p.parse_args().m

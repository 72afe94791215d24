"""Attributes and entries that a program sets on objects of others."""

from __future__ import annotations

import pytest

from tests.machine.helpers import UNKNOWN, known


@pytest.mark.parametrize(
    "code",
    [
        "from lib import args\nargs.units = 3\nx = args.units",
        "from lib import get\nargs = get()\nargs.units = 3\nx = args.units",
        "from lib import cfg\ncfg.model.units = 3\nsame = cfg\nx = same.model.units",
        "from lib import params\nparams['units'] = 3\nx = params['units']",
        "import os\nos.environ['UNITS'] = '3'\nx = int(os.environ['UNITS'])",
        "import os\nos.environ['UNITS'] = '3'\nx = int(os.getenv('UNITS', '5'))",
        "import argparse\nargs = argparse.Namespace(units=1)\nargs.units = 3\nx = args.units",
        "from types import SimpleNamespace\nargs = SimpleNamespace(units=1)\nargs.units = 3\nx = args.units",
        "from box import Box\nc = Box({'net': {'units': 1}})\nc.net.units = 3\nx = c.net.units",
        "from omegaconf import OmegaConf\nc = OmegaConf.create({'net': {'units': 3}})\nx = c.net.units",
        "from omegaconf import OmegaConf\nc = OmegaConf.create('net:\\n  units: 3')\nx = c['net']['units']",
        "import yaml\nx = yaml.safe_load('units: 3')['units']",
        "import wandb\nwandb.config.units = 3\nx = wandb.config.units",
        "import wandb\nwandb.init(config={'units': 3})\nx = wandb.config.units",
        "import wandb\nwandb.init(config=dict(units=3))\nconfig = wandb.config\nx = config['units']",
        "import wandb\nrun = wandb.init(config={'units': 3})\nx = run.config.units",
        "import wandb\nwandb.init()\nwandb.config.update({'units': 3})\nx = wandb.config.get('units')",
    ],
)
def test_keep_their_values(code: str) -> None:
    assert known(code) == 3


@pytest.mark.parametrize(
    "code",
    [
        "from lib import args, other\nargs.units = 3\nother(args)\nx = args.units",
        "from lib import args\nargs.units = 3\nargs.parse()\nx = args.units",
        "from lib import cfg\ncfg.net.units = 3\ncfg.merge_from_file('x')\nx = cfg.net.units",
        "from lib import args\nargs.units = 3\nwhile args.go():\n    args.units = args.units + 1\nx = args.units",
        "from lib import args\nargs.net = {'units': 3}\nx = args.net['units']",
        "from lib import args, more\nargs.units = 3\nx = more.units",
        # a sweep may choose another value
        "import wandb\ndef train():\n    pass\nwandb.init(config={'units': 3})\nx = wandb.config.units\n"
        "wandb.agent('id', function=train)",
        "import wandb\nwandb.init(config={'units': 3})\nwandb.init()\nx = wandb.config.units",
    ],
)
def test_are_forgotten_where_they_may_have_changed(code: str) -> None:
    assert known(code) is UNKNOWN

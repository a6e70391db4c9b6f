# Copyright (c) COMNet contributors. All rights reserved.
"""Import mmpretrain and mmseg without what nobody can act on.

Both print a line for want of a library that their data sets of the same name
take, mmcv warns of an operator that is not used here, mmseg of a hook that has
nothing to draw. What else they have to say is seen.
"""

import io
import sys
import warnings
from contextlib import redirect_stdout
from importlib import import_module

LINE = 'Could not import OneDL'
WARNINGS = ('Fail to import ``MultiScaleDeformableAttention``',
            'The draw is False')


def import_without_line(line: str, *modules: str) -> None:
    """Import modules and print what they print but for one line."""
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            for name in modules:
                import_module(name)
    finally:
        for other in printed.getvalue().splitlines():
            if other != line:
                sys.stdout.write(f'{other}\n')


for warning in WARNINGS:
    warnings.filterwarnings('ignore', warning, UserWarning)
import_without_line(LINE, 'mmpretrain.datasets', 'mmseg.datasets')

# Copyright (c) COMNet contributors. All rights reserved.
"""What a config asks for that cannot be built, as one line."""

import re
from pathlib import Path
from traceback import walk_tb

PACKAGE = str(Path(__file__).resolve().parents[1])
BUILD = 'build_from_cfg'  # of mmengine, which builds all that has a type
CALL = re.compile(r'(?:\w+\.)*__init__\(\) ')
UNKNOWN = 'unexpected keyword argument'
KINDS = (KeyError, TypeError, ValueError, AssertionError, AttributeError)


def build_problem(error: BaseException) -> str | None:
    """Return what is wrong with the settings of something with a type.

    None where it is not while building that the error came up, or in a
    component of this project: that is a mistake of its own.
    """
    if not isinstance(error, KINDS):
        return None
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    building = [frame for frame in frames if frame.f_code.co_name == BUILD]
    if not building:
        return None
    values = building[-1].f_locals
    kind = values.get('obj_type', (values.get('cfg') or {}).get('type', '?'))
    name = getattr(kind, '__name__', kind)
    text = ' '.join(str(error.args[0] if error.args else error).split())
    if frames[-1] is building[-1] and isinstance(error, KeyError) and (
            'obj_type' in values):
        return (f'type {name!r} is not known; mend its name, or let '
                'custom_imports of the config name its module')
    if frames[-1] is building[-1] or UNKNOWN in text:
        return (f'{name}: {CALL.sub("", text)}; mend its settings in the '
                'config or the --cfg-options')
    if frames[-1].f_code.co_filename.startswith(PACKAGE):
        return None
    return (f'{name}: refuses its settings ({text or type(error).__name__}); '
            'mend them in the config or the --cfg-options')

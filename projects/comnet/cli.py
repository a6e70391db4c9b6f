# Copyright (c) COMNet contributors. All rights reserved.
"""The command ``comnet``: every tool by its name, from any folder.

``comnet train`` is ``python tools/train.py``.
"""

import ast
import os
import runpy
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from .utils import did_you_mean
from .utils.package_files import package_folder
from .version import __version__

ASKED = '_ARGCOMPLETE'  # set by a shell that asks how its line may go on
FOLDERS = {  # and what is in them, where the groups say no more
    '.': 'More', 'dataset_converters': 'Data', 'analysis_tools': 'Research'}
GROUPS = {
    'Start here': ('demo-data', 'prepare', 'check', 'pipeline', 'segment'),
    'Stages of a pipeline, one by one': (
        'train', 'cams', 'directions', 'pixel-classifier', 'affinity-labels',
        'pseudo-masks', 'test'),
    'Look at results': ('report', 'tune', 'figure', 'explain', 'clean'),
    'Correct masks': ('export-masks', 'import-masks'),
    'Give away': ('publish', 'export-onnx', 'voc-submission'),
    'More': (),
    'Data': (),
    'Research': ('ablation', 'memory')}


def main() -> None:
    """Run the tool that the command line names."""
    tools = find_tools()
    if ASKED in os.environ:
        from .completion import complete
        complete(tools)
    name = sys.argv[1] if len(sys.argv) > 1 else '--help'
    if name in ('-h', '--help'):
        print(overview(tools))
    elif name == '--version':
        print(f'comnet {__version__}')
    elif name in tools:
        run_tool(tools[name], [f'comnet {name}', *sys.argv[2:]])
    else:
        print(f'error: {name}: no such command{did_you_mean(name, tools)}; '
              'comnet --help lists them', file=sys.stderr)
        sys.exit(2)


def find_tools() -> dict[str, Path]:
    """Return the files of the tools that can be run, by command.

    ``demo_data.py`` is demo-data.
    """
    root = package_folder('tools')
    return {path.stem.replace('_', '-'): path for folder in FOLDERS
            for path in sorted((root / folder).glob('*.py'))
            if "__name__ == '__main__'" in path.read_text(encoding='utf-8')}


def overview(tools: Mapping[str, Path]) -> str:
    """Return the list of commands by group; no tool is imported for it."""
    width = max(map(len, tools))
    lines = ['usage: comnet COMMAND [ARGUMENTS...]', '',
             'comnet COMMAND --help describes one of the commands, '
             'comnet --version tells the version.']
    for group, names in grouped(tools).items():
        lines += ['', f'{group}:']
        for name in names:
            text = ast.get_docstring(ast.parse(
                tools[name].read_text(encoding='utf-8')))
            lines.append(f'  {name:{width}}  {(text or name).splitlines()[0]}')
    return '\n'.join(lines)


def grouped(tools: Mapping[str, Path]) -> dict[str, list[str]]:
    """Return the commands by group: that which names it, or its folder's."""
    named = {name for names in GROUPS.values() for name in names}
    found = {group: [name for name in names if name in tools]
             for group, names in GROUPS.items()}
    for name, path in tools.items():
        if name not in named:
            found[FOLDERS.get(path.parent.name, FOLDERS['.'])].append(name)
    return {group: names for group, names in found.items() if names}


def parser_of(path: Path, name: str) -> ArgumentParser:
    """Return the parser of a tool, for the documentation, under a name."""
    before = list(sys.path)
    sys.path.insert(0, str(path.parent))
    try:
        parser: ArgumentParser = runpy.run_path(str(path))['make_parser']()
    finally:
        sys.path[:] = before
    parser.prog = name
    return parser


def run_tool(path: Path, argv: list[str]) -> None:
    """Run a file as ``python FILE`` would, with another ``sys.argv``.

    :func:`runpy.run_path` would set the program's name to the file's.
    """
    sys.argv = argv
    sys.path.insert(0, str(path.parent))
    module = ModuleType('__main__')
    module.__file__ = str(path)  # where worker processes import it from
    sys.modules['__main__'] = module
    code = compile(path.read_text(encoding='utf-8'), path, 'exec')
    exec(code, module.__dict__)

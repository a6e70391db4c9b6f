# Copyright (c) COMNet contributors. All rights reserved.
"""Completion of the command line in a shell, by argcomplete."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from .cli import parser_of


def complete(tools: Mapping[str, Path]) -> None:
    """Answer a shell that asks how its line may go on, and end.

    Args:
        tools: Files of the tools by command, of which the one that the line
            names is read.
    """
    import argcomplete

    named = os.environ['COMP_LINE'].split()[1:2]
    parser = ArgumentParser('comnet')
    parser.add_argument('--version', action='store_true')
    commands = parser.add_subparsers()
    for name, path in tools.items():
        if [name] == named:
            commands.add_parser(
                name, parents=[parser_of(path, name)], add_help=False)
        else:
            commands.add_parser(name)
    argcomplete.autocomplete(parser)

# Copyright (c) COMNet contributors. All rights reserved.
"""OpenMMLab's option ``--cfg-options``."""

import argparse
from collections.abc import Sequence
from typing import Any

from mmengine.config import DictAction

PATH_KEYS = frozenset((
    'data_root', 'pretrained', 'train_list', 'val_list', 'cams', 'labels',
    'seg_map_dir', 'classifier', 'irnet', 'segmentor', 'work_dir', 'out_dir',
    'save_dir', 'cache_dir', 'load_from', 'checkpoint', 'image_set_path'))


class CfgOptionsAction(DictAction):
    """OpenMMLab's ``--cfg-options``, with paths as they are given.

    Elsewhere a comma makes a list of a value, and blanks are lost.
    """

    def __call__(self,
                 parser: argparse.ArgumentParser,
                 namespace: argparse.Namespace,
                 values: str | Sequence[Any] | None,
                 option_string: str | None = None) -> None:
        """Parse KEY=VALUE; the key says whether the value is a path."""
        values = list(values or ())
        for text in values:
            key, equals, value = text.partition('=')
            if not equals:
                parser.error(f'--cfg-options {text}: give KEY=VALUE')
            if value.lstrip('[( ').startswith(('{', 'dict(')):
                parser.error(f'--cfg-options {text}: give the keys of a dict '
                             f'one by one, such as {key}.NAME=VALUE')
        try:
            super().__call__(parser, namespace, values, option_string)
        except AssertionError as error:
            parser.error(f'--cfg-options: {error}')
        options = getattr(namespace, self.dest)
        for key, value in (text.split('=', maxsplit=1) for text in values):
            if value != 'None' and key.split('.')[-1] in PATH_KEYS:
                options[key] = value


def add_cfg_options(parser: argparse.ArgumentParser) -> None:
    """Add OpenMMLab's option for settings of a config."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=CfgOptionsAction,
        metavar='KEY=VALUE',
        help='settings that override those of the config, such as data_root')

# Copyright (c) COMNet contributors. All rights reserved.
"""Options that commands share, so that each is told once.

Nothing in a help text depends on the machine.
"""

from argparse import (
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from mmengine import dump
from mmengine.config import DictAction
from mmengine.dist import is_main_process

from ..utils import one_line_errors
from ..utils.errors import signals_raise
from ..utils.loading import lost_batches_end_workers
from ..utils.processes import check_environment
from .runner import LAUNCHERS

METRICS = ('.json', '.yaml', '.yml', '.pkl')  # that mmengine writes
PATH_KEYS = frozenset((
    'data_root', 'pretrained', 'train_list', 'val_list', 'labels', 'mask_dir',
    'seg_map_dir', 'classifier', 'irnet', 'segmentor', 'config', 'source',
    'start', 'work_dir', 'out_dir', 'save_dir', 'cache_dir', 'load_from',
    'checkpoint', 'image_set_path'))


class CfgOptionsAction(DictAction):
    """OpenMMLab's ``--cfg-options``, with paths as they are given.

    Elsewhere a comma makes a list of a value, and blanks are lost.
    """

    def __call__(self,
                 parser: ArgumentParser,
                 namespace: Namespace,
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


def count(text: str) -> int:
    """Read a number of processes.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f'{text!r}: give a whole number from 1 on')
    return int(text)


def metrics_file(text: str) -> str:
    """Read the name of a file that metrics can be written to.

    Raises:
        ArgumentTypeError: It is a folder, or of no format.
    """
    if Path(text).suffix not in METRICS or Path(text).is_dir():
        raise ArgumentTypeError(f'{text!r}: give a file {", ".join(METRICS)}')
    return text


OPTIONS: dict[str, dict[str, Any]] = {
    '--cfg-options': dict(
        nargs='+', action=CfgOptionsAction, metavar='KEY=VALUE',
        help='settings that override those of the config, such as data_root'),
    '--launcher': dict(
        choices=LAUNCHERS, default='none', help='job launcher'),
    'data_root': dict(help='folder in VOC layout'),
    'cam_dir': dict(help='folder of the CAMs'),
    'out_dir': dict(help='folder of the PNGs'),
    'work_dir': dict(help='the --work-dir of a pipeline'),
    '--work-dir': dict(required=True, help='folder of all that is made'),
    '--data-root': dict(
        help='folder of the images, where it is not the one of the run'),
    '--workers': dict(type=count, help='processes (default: one a core)'),
    '--remake': dict(
        action='store_true',
        help='set aside what was made otherwise (NAME.old-1), and make it '
        'anew'),
    '--out': dict(type=metrics_file, metavar='FILE.json',
                  help='write the metrics to this file'),
    '--gpus': dict(type=int, default=1, help='processes of a step'),
    '--num-pictures': dict(
        type=int, default=30,
        help='images in report.html, 6 to 200 (default: %(default)s)')
}


def write_metrics(metrics: Mapping[str, Any], file: str | None) -> None:
    """Write what ``--out`` asks for, once where there are many processes."""
    if file and is_main_process():
        dump(metrics, file, indent=2)


class CommandParser(ArgumentParser):
    """The parser of a command, with options that several have.

    Args:
        text: What the command does: its file's docstring.
        kwargs: Of a subcommand's parser, as argparse gives them.
    """

    def __init__(self, text: str | None = None, **kwargs: Any) -> None:
        super().__init__(**{
            'description': text,
            'formatter_class': RawDescriptionHelpFormatter, **kwargs})

    def add(self, *names: str) -> None:
        """Add some of :data:`OPTIONS`."""
        for name in names:
            self.add_argument(name, **OPTIONS[name])
            if name == '--launcher':
                self.add_argument(
                    '--local_rank', '--local-rank', type=int, default=0,
                    help='set by some launchers')

    def add_network(self, network: str, prefix: str = '') -> None:
        """Add config and checkpoint.

        Args:
            network: What is wanted, such as 'an IRNet'.
            prefix: '--' where they stand beside many pictures.
        """
        required: dict[str, Any] = dict(required=True) if prefix else {}
        for name, text in (('config', 'config file'),
                           ('checkpoint', 'checkpoint')):
            self.add_argument(
                prefix + name, help=f'{text} of {network}', **required)

    def add_image_list(self, option: str, split: str,
                       text: str = 'list of image ids in data_root') -> None:
        """Add a list of images, by default VOC's of the split."""
        self.add_argument(
            option, default=f'ImageSets/Segmentation/{split}.txt',
            help=f'{text} (default: %(default)s)')

    def error(self, message: str) -> NoReturn:
        """Exit with a line for a command line that cannot be read."""
        self.exit(2, f'error: {" ".join(message.split())}; {self.prog} --help '
                  'tells what there is\n')

    def run(self, main: Callable[[Namespace], None]) -> None:
        """Run a command with what the command line says."""
        with one_line_errors(), signals_raise():
            lost_batches_end_workers()
            check_environment()
            main(self.parse_args())

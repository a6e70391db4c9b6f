# Copyright (c) COMNet contributors. All rights reserved.
"""Options that commands share, so that each is told once.

Nothing in a help text depends on the machine. Nothing slow is imported, and no
package of OpenMMLab, before the command line was read and what it names was
looked for: a tool imports the rest in its ``main``.
"""

import sys
from argparse import (
    Action,
    ArgumentParser,
    ArgumentTypeError,
    Namespace,
    RawDescriptionHelpFormatter,
    _SubParsersAction,
)
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from ..utils import did_you_mean, one_line_errors
from ..utils.constants import LAUNCHERS
from ..utils.errors import signals_raise
from ..utils.given import (
    check_environment,
    require_checkpoint,
    require_config,
    require_data_root,
    require_network,
    require_run,
)

Look = Callable[[Any], object]
METRICS = ('.json', '.yaml', '.yml', '.pkl')  # that mmengine writes
PATH_KEYS = frozenset((
    'data_root', 'pretrained', 'train_list', 'val_list', 'labels', 'mask_dir',
    'corrected_dir', 'seg_map_dir', 'classifier', 'irnet', 'segmentor',
    'config', 'source', 'start', 'work_dir', 'out_dir', 'save_dir',
    'cache_dir', 'load_from', 'checkpoint', 'image_set_path'))


class CfgOptionsAction(Action):
    """OpenMMLab's ``--cfg-options``, with paths as they are given.

    Elsewhere a comma makes a list of a value, and blanks are lost.
    """

    def __call__(self,
                 parser: ArgumentParser,
                 namespace: Namespace,
                 values: str | Sequence[Any] | None,
                 option_string: str | None = None) -> None:
        """Parse KEY=VALUE; the key says whether the value is a path."""
        from mmengine.config import DictAction

        values = list(values or ())
        for text in values:
            key, equals, value = text.partition('=')
            if not equals:
                parser.error(f'--cfg-options {text}: give KEY=VALUE')
            if value.lstrip('[( ').startswith(('{', 'dict(')):
                parser.error(f'--cfg-options {text}: give the keys of a dict '
                             f'one by one, such as {key}.NAME=VALUE')
        try:
            DictAction(self.option_strings, self.dest, nargs='+')(
                parser, namespace, values, option_string)
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
    '--methods': dict(
        nargs='+', metavar='NAME',
        help='these of the config (default: its default_methods, or all)'),
    '--seed': dict(type=int, default=0, help='of all trainings'),
    '--gpus': dict(type=int, default=1, help='processes of a step'),
    '--num-pictures': dict(
        type=int, default=30,
        help='images in report.html, 6 to 200 (default: %(default)s)')
}


def write_metrics(metrics: Mapping[str, Any], file: str | None) -> None:
    """Write what ``--out`` asks for, once where there are many processes."""
    if not file:
        return
    from mmengine import dump
    from mmengine.dist import is_main_process

    if is_main_process():
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
        self._looks: dict[str, Look] = {}
        self._with_data = False

    def add(self, *names: str) -> None:
        """Add some of :data:`OPTIONS`."""
        for name in names:
            self.add_argument(name, **OPTIONS[name])
            if name == '--launcher':
                self.add_argument(
                    '--local_rank', '--local-rank', type=int, default=0,
                    help='set by some launchers')

    def add_config(self, text: str, data: bool = False) -> None:
        """Add a config, which has to be there.

        Args:
            text: Help.
            data: Whether the folder that it names as data_root has to, too.
        """
        self.add_argument('config', help=text)
        self.look('config', require_config)
        self._with_data = data

    def add_network(self, network: str, prefix: str = '', *,
                    data: bool = False, run: bool = False, named: bool = False,
                    checkpoint: Look = require_checkpoint) -> None:
        """Add config and checkpoint, which have to be there.

        They are given to :func:`comnet.apis.given_network` where there may
        be a run in their place.

        Args:
            network: What is wanted, such as 'an IRNet'.
            prefix: '--' where they stand beside many pictures.
            data: See :meth:`add_config`.
            run: Whether a pipeline's folder may stand for them.
            checkpoint: Looks for the checkpoint.
            named: Whether ``--model`` may name one that comes with the
                package in their place.
        """
        required: dict[str, Any] = dict(
            required=not run) if prefix else dict(nargs='?') if run else {}
        if named:
            self.add_argument(
                '--model', metavar='NAME', help='model that comes with this '
                'package, such as lite0-voc')
        for name, text, note in (
                ('config', 'config file', '' if data or not run else
                 ' (default: the one that the checkpoint carries)'),
                ('checkpoint', 'checkpoint', '')):
            self.add_argument(prefix + name, help=f'{text} of {network}{note}',
                              **required)
        self.look('config', require_network)
        self.look('checkpoint', checkpoint)
        self._with_data = data
        if run:
            self.add_run()

    def add_run(self) -> None:
        """Add a pipeline's folder, in place of config and checkpoint."""
        self.add_argument(
            '--run', metavar='WORK_DIR',
            help='--work-dir of a pipeline, in place of config and '
            'checkpoint: those of its last network')
        self.add_argument(
            '--method', metavar='NAME', help='of the run (default: the '
            'only one, or the one whose segmentation was measured best)')
        self.look('run', require_run)

    def look(self, name: str, look: Look) -> None:
        """Look for what an argument names before anything slow is imported.

        Args:
            name: Of the argument in what is parsed.
            look: Gets its value, or each of them, and raises an InputError.
        """
        self._looks[name] = look

    def add_image_list(self, option: str, split: str,
                       text: str = 'list of image ids in data_root') -> None:
        """Add a list of images, by default VOC's of the split."""
        self.add_argument(
            option, default=f'ImageSets/Segmentation/{split}.txt',
            help=f'{text} (default: %(default)s)')

    def error(self, message: str) -> NoReturn:
        """Exit as with any other mistake of a user: one line, status 2."""
        prefix = 'unrecognized arguments: '
        if message.startswith(prefix):
            wrong = message.removeprefix(prefix).split()[0].split('=')[0]
            message += did_you_mean(wrong, self._option_string_actions)
        line = ' '.join(message.split())
        sys.stderr.write(f'error: {line}; {self.prog} --help tells more\n')
        sys.exit(2)

    def run(self, main: Callable[[Namespace], None]) -> None:
        """Run a command with what the command line says."""
        with one_line_errors(), signals_raise():
            args = self.parse_args()
            for parser in self._used(args):
                parser.look_at(args)
            from ..utils.loading import lost_batches_end_workers
            lost_batches_end_workers()
            check_environment()
            main(args)

    def look_at(self, args: Namespace) -> None:
        """Look for what the command line names.

        Raises:
            InputError: It is not there.
        """
        for name, look in self._looks.items():
            value = getattr(args, name)
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    look(each)
        if self._with_data and args.config is not None:
            root = (args.cfg_options or {}).get('data_root')
            if root is None:
                from .config_file import read_config
                root = read_config(
                    args.config, custom_imports=False).get('data_root')
            if root is not None:
                require_data_root(root)

    def _used(self, args: Namespace) -> Iterator['CommandParser']:
        """Yield this parser and that of the subcommand, if there are any."""
        yield self
        for action in self._actions:
            if isinstance(action, _SubParsersAction):
                yield action.choices[getattr(args, action.dest)]

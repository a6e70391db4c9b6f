# Copyright (c) COMNet contributors. All rights reserved.
from argparse import Namespace
from pathlib import Path

import pytest

from comnet.engine.options import CommandParser
from comnet.utils.given import require_folder, require_path


def run(parser: CommandParser, monkeypatch: pytest.MonkeyPatch,
        *args: object) -> list[Namespace]:
    """Run a command, and return what its main was called with."""
    monkeypatch.setattr('sys.argv', ['comnet', *map(str, args)])
    called: list[Namespace] = []
    parser.run(called.append)
    return called


def test_mistakes_are_one_line(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    parser = CommandParser('Do.', prog='comnet do')
    parser.add('--work-dir', '--remake')
    for args, line in (
            ((), 'the following arguments are required: --work-dir'),
            (('--work-dir', 'a', '--rmake'),
             'unrecognized arguments: --rmake; did you mean --remake?'),
            (('--work-dir', 'a', '--remake=1', 'b'),
             "argument --remake: ignored explicit argument '1'")):
        with pytest.raises(SystemExit) as ended:
            run(parser, monkeypatch, *args)
        assert ended.value.code == 2
        assert capsys.readouterr().err == (
            f'error: {line}; comnet do --help tells more\n')


def test_what_is_named_is_looked_for_before_main(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    parser = CommandParser('Do.')
    parser.add_argument('files', nargs='+')
    parser.look('files', require_path)
    parser.add('--data-root')
    parser.look('data_root', require_folder)
    assert len(run(parser, monkeypatch, tmp_path, __file__)) == 1
    for args in ((__file__, tmp_path / 'a'),
                 (tmp_path, '--data-root', tmp_path / 'a')):
        with pytest.raises(SystemExit, match='2'):
            run(parser, monkeypatch, *args)
        assert f'error: {tmp_path / "a"}: no such' in capsys.readouterr().err


def test_subcommands_look_for_theirs(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    parser = CommandParser('Do.')
    commands = parser.add_subparsers(dest='command', required=True)
    for name in 'ab':
        command = commands.add_parser(name)
        command.add_argument(name)
    commands.choices['a'].look('a', require_folder)
    assert run(parser, monkeypatch, 'b', 'anything')
    assert run(parser, monkeypatch, 'a', tmp_path)
    with pytest.raises(SystemExit, match='2'):
        run(parser, monkeypatch, 'a', tmp_path / 'none')
    assert 'none: no such folder' in capsys.readouterr().err


def test_data_of_the_config_is_looked_for(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    config = tmp_path / 'config.py'
    config.write_text("custom_imports = dict(imports=['no_such_module'])\n"
                      f"data_root = '{tmp_path}/none'\n")
    parser = CommandParser('Do.')
    parser.add_config('config file', data=True)
    parser.add('--cfg-options')
    with pytest.raises(SystemExit, match='2'):
        run(parser, monkeypatch, config)
    assert capsys.readouterr().err == (
        f'error: {tmp_path}/none: no such folder; set data_root to a folder '
        'in VOC layout\n')
    assert run(parser, monkeypatch, config, '--cfg-options',
               f'data_root={tmp_path}')

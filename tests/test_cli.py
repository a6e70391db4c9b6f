# Copyright (c) COMNet contributors. All rights reserved.
"""The command ``comnet``."""

import subprocess
import sys
from pathlib import Path

import pytest

import comnet
from comnet.cli import (
    GROUPS,
    find_tools,
    grouped,
    main,
    overview,
    parser_of,
    run_tool,
)

SLOW = ('torch', 'numpy', 'mmengine', 'mmcv', 'mmseg', 'mmpretrain')
TOOL = '''
"""Do nothing much."""
import sys
from beside_it import NAME

if __name__ == '__main__':
    print(sys.argv, NAME, __file__, __name__)
'''


def call(monkeypatch: pytest.MonkeyPatch, *args: str) -> None:
    monkeypatch.setattr('sys.argv', ['/bin/comnet', *args])
    main()


COMMANDS = find_tools()
PARSERS = {name: parser_of(path, f'comnet {name}')
           for name, path in COMMANDS.items()}


def test_commands_are_named_after_the_tools() -> None:
    assert COMMANDS['pseudo-masks'].name == 'pseudo_masks.py'
    assert COMMANDS['demo-data'].parent.name == 'dataset_converters'
    assert 'measuring' not in COMMANDS  # imported by others


@pytest.mark.parametrize('name', COMMANDS)
def test_help_begins_with_what_the_overview_says(name: str) -> None:
    text = PARSERS[name].format_help()
    assert f'usage: comnet {name} ' in text
    line = overview({name: COMMANDS[name]}).splitlines()[-1]
    assert text.split('\n\n')[1].startswith(line.split(maxsplit=1)[1])


@pytest.mark.parametrize('option', [
    '--cfg-options', '--gpus', '--launcher', '--remake', '--workers',
    'data_root'])
def test_what_commands_share_has_one_form(option: str) -> None:
    actions = [action for parser in PARSERS.values()
               for action in parser._actions
               if option in (action.option_strings or [action.dest])]
    assert len(actions) > 1
    assert len({(action.help, action.default) for action in actions}) == 1


@pytest.mark.parametrize('args', [(), ('-h', ), ('--help', )])
def test_overview_has_a_line_a_tool(
        args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    call(monkeypatch, *args)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == 'usage: comnet COMMAND [ARGUMENTS...]'
    listed = dict(line.split(maxsplit=1) for line in lines
                  if line.startswith('  '))
    assert set(listed) == set(find_tools())
    assert [line for line in lines[3:] if line.endswith(':')] == [
        f'{group}:' for group in GROUPS if group != 'More']
    assert listed['train'] == 'Train a classifier, an IRNet or a segmentor.'


def test_groups_name_commands_that_there_are() -> None:
    assert {name for names in GROUPS.values() for name in names} <= {
        *COMMANDS}
    tools = dict(COMMANDS, new=Path('tools/new.py'),
                 voc99=Path('tools/dataset_converters/voc99.py'))
    assert grouped(tools)['More'] == ['new']
    assert grouped(tools)['Data'] == ['coco14', 'msrc', 'voc12', 'voc99']


def imported_by(*args: str) -> set[str]:
    """Return what is slow to import of what a command has imported."""
    code = f"""
import sys
from comnet.cli import main
sys.argv = ['comnet', *{args}]
try:
    main()
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""
    run = subprocess.run([sys.executable, '-c', code], check=True, text=True,
                         capture_output=True)
    assert 'usage: comnet' in run.stdout or 'error' in run.stderr + run.stdout
    return {*SLOW} & {*run.stderr.split()}


@pytest.mark.parametrize('args', [
    ('--help', ), *((name, '--help') for name in COMMANDS),
    ('segment', 'nowhere', '--config', 'deeplabv2_r50_voc.py',
     '--checkpoint', 'no.pth', '--out-dir', 'out'),
    ('explain', __file__, '--config', 'comnet_r50_voc.py', '--checkpoint',
     'no.pth', '--out', 'out.html'),
    ('prepare', 'nowhere', 'tags.csv', 'out'),
    ('train', 'nothing.py')], ids=' '.join)
def test_help_and_wrong_paths_wait_for_no_import(
        args: tuple[str, ...]) -> None:
    assert not imported_by(*args)


def test_missing_data_is_told_before_torch_is_imported() -> None:
    """The config says where the data is, so that mmengine has to read it."""
    assert imported_by(
        'train', 'comnet_r50_voc.py', '--cfg-options',
        'data_root=nowhere') <= {'mmengine', 'numpy'}
    assert imported_by(
        'test', 'comnet_r50_voc.py', __file__) <= {'mmengine', 'numpy'}


def test_data_is_checked_without_torch(demo_root: Path) -> None:
    """Nor is anything registered, which takes longer than a thousand files."""
    assert imported_by('check', str(demo_root)) <= {'mmengine', 'numpy'}


@pytest.mark.parametrize('name, problem', [
    ('trian', '; did you mean train?'), ('affinity_labels',
     '; did you mean affinity-labels?'), ('xyz', '')])
def test_unknown_command_is_one_line(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
        name: str, problem: str) -> None:
    with pytest.raises(SystemExit) as exited:
        call(monkeypatch, name)
    assert exited.value.code == 2
    assert capsys.readouterr().err == (
        f'error: {name}: no such command{problem}; comnet --help lists '
        'them\n')


def test_version(monkeypatch: pytest.MonkeyPatch,
                 capsys: pytest.CaptureFixture) -> None:
    call(monkeypatch, '--version')
    assert capsys.readouterr().out == f'comnet {comnet.__version__}\n'


def test_tool_runs_as_a_script(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    tool = tmp_path / 'tool.py'
    tool.write_text(TOOL)
    (tmp_path / 'beside_it.py').write_text("NAME = 'neighbour'")
    monkeypatch.setattr('sys.argv', [])  # all three are put back
    monkeypatch.setattr('sys.path', list(sys.path))
    monkeypatch.setitem(sys.modules, '__main__', sys.modules['__main__'])
    run_tool(tool, ['comnet tool', '--flag'])
    assert capsys.readouterr().out == (
        f"['comnet tool', '--flag'] neighbour {tool} __main__\n")

# Copyright (c) COMNet contributors. All rights reserved.
"""The command ``comnet``."""

import subprocess
import sys
from pathlib import Path

import pytest

from comnet.cli import find_tools, main, run_tool

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


def test_commands_are_named_after_the_tools() -> None:
    names = {name: path.name for name, path in find_tools().items()}
    assert names['train'] == 'train.py'
    assert names['pseudo-masks'] == 'make_pseudo_labels.py'
    assert names['affinity-labels'] == 'make_affinity_labels.py'
    assert names['demo-data'] == 'make_demo_data.py'
    assert names['prepare'] == 'prepare.py'
    assert names['ablation'] == 'ablation.py'
    assert names['publish'] == 'publish_model.py'
    assert names['check'] == 'check_data.py'
    assert names['benchmark-matching'] == 'benchmark_matching.py'
    assert 'measuring' not in names  # imported by others


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
    assert listed['train'] == 'Train a classifier, an IRNet or a segmentor.'


def test_overview_imports_no_torch() -> None:
    code = ('import sys; from comnet.cli import main; main(); '
            "assert not {'torch', 'numpy', 'mmengine'} & {*sys.modules}")
    subprocess.run([sys.executable, '-c', code], check=True,
                   stdout=subprocess.DEVNULL)


def test_unknown_command_is_one_line(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as exited:
        call(monkeypatch, 'trian')
    assert exited.value.code == 2
    assert capsys.readouterr().err == (
        'error: trian: no such command; comnet --help lists them\n')


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

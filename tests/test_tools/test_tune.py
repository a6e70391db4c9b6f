# Copyright (c) COMNet contributors. All rights reserved.
"""``comnet tune`` on a finished run."""

import shlex
from pathlib import Path

from helpers.tiny import METHOD
from helpers.tool_runner import run_tool

from comnet.engine.options import CfgOptionsAction, CommandParser
from comnet.pipeline import tune


def test_choice_is_told_and_the_command_that_takes_it(
        tiny_configs: Path, whole_way: Path) -> None:
    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns
                for path in whole_way.rglob('*')}

    before = times()
    config = tiny_configs / 'pipeline.py'
    given = {f'methods.{METHOD}.pseudo.radius': 4}
    run = run_tool(
        'tune.py', config, '--work-dir', whole_way, '--num-pictures', 4,
        '--methods', METHOD,
        '--cfg-options', *(f'{key}={value}' for key, value in given.items()))
    assert run.code == 0, run.err
    assert times() == before
    choices = tune(config, whole_way, given, num_pictures=4)
    rows = [line for line in run.out.splitlines()
            if f' methods.{METHOD}.' in line and '│' in line]
    assert len(rows) == len(choices) == 6
    for row, choice in zip(rows, choices, strict=True):
        cells = [cell.strip() for cell in row.strip('│').split('│')]
        assert cells == [choice.setting, f'{choice.before}',
                         f'{choice.chosen}', choice.why]

    command = run.out.splitlines()[-1].removeprefix('take them: comnet ')
    parser = CommandParser()
    for name in ('tool', 'config', '--work-dir'):
        parser.add_argument(name)
    parser.add_argument('--methods', nargs='+')
    parser.add_argument('--remake', action='store_true')
    parser.add_argument('--cfg-options', nargs='+', action=CfgOptionsAction)
    args = parser.parse_args(shlex.split(command))
    assert (args.tool, args.config, args.work_dir, args.methods,
            args.remake) == (
        'pipeline', str(config), str(whole_way), [METHOD], True)
    assert args.cfg_options == {
        **given, **{each.setting: each.chosen for each in choices}}

# Copyright (c) COMNet contributors. All rights reserved.
"""Tables of measured numbers: the pages have those of docs/results."""

import json
import re
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / 'docs/results').glob('*.json'))


@pytest.fixture(scope='module')
def tables() -> ModuleType:
    """Return the script of the tables."""
    spec = util.spec_from_file_location(
        'fill_tables', ROOT / 'docs/fill_tables.py')
    assert spec and spec.loader
    module = util.module_from_spec(spec)
    sys.modules['fill_tables'] = module  # where dataclasses look
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tables: ModuleType, tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that takes the place of docs/results."""
    monkeypatch.setattr(tables, 'RESULTS', tmp_path)
    return tmp_path


def write(folder: Path, **fields: object) -> None:
    """Write a table ``t`` with what is not given as it may be."""
    whole = dict(title='Maps', data='train', reading='Good.',
                 columns=['method', 'a', 'b'], rows=[])
    (folder / 't.json').write_text(json.dumps({**whole, **fields}))


def test_pages_are_as_the_script_writes_them(tables: ModuleType) -> None:
    for page in tables.PAGES:
        text = page.read_text('utf-8')
        assert len(tables.PLACE.findall(text)) == text.count('<!-- end -->')
        assert len(tables.PLACE.findall(text)) == len(
            re.findall('<!-- (table|result): ', text))
        assert tables.fill(text) == text, (
            f'{page.name} is not of docs/results: python docs/fill_tables.py')


def test_every_file_is_shown_with_its_command_and_notes() -> None:
    results = (ROOT / 'docs/results.md').read_text('utf-8')
    assert re.findall(r'<!-- result: (\w+) -->', results)
    shown = set(re.findall(r'<!-- result: (\w+) -->', results))
    assert shown == {path.stem for path in FILES}


def test_tables_of_ablations_are_all_shown() -> None:
    written = {path.relative_to(ROOT / 'docs/results').with_suffix('.md')
               for path in (ROOT / 'docs/results').glob('*/*.json')}
    named = {Path(table['ablation']) for table in map(
        json.loads, (path.read_text('utf-8') for path in FILES))
        if 'ablation' in table}
    assert named == written


def test_values_of_seeds_are_a_mean_and_a_deviation(
        tables: ModuleType, folder: Path) -> None:
    write(folder, seeds=[0, 1, 2], rows=[['ours', [1, 2, 3], 2.25]])
    assert tables.show_table(tables.read('t')).splitlines()[2] == (
        '| ours | 2.0 ± 1.0 | 2.25 |')


@pytest.mark.parametrize('best, lines', [
    ('row', ['| x | 1.5 | **2** |', '| y | 3 | **4** |']),
    ('column', ['| x | 1.5 | 2 |', '| y | **3** | **4** |']),
    (None, ['| x | 1.5 | 2 |', '| y | 3 | 4 |'])])
def test_the_highest_is_bold(tables: ModuleType, folder: Path,
                             best: str | None, lines: list[str]) -> None:
    write(folder, best=best, rows=[['x', 1.5, 2], ['y', 3, 4]])
    assert tables.show_table(tables.read('t')).splitlines()[2:] == lines


def test_a_result_has_all_that_belongs_to_it(
        tables: ModuleType, folder: Path) -> None:
    write(folder, seeds=[0, 1], rows=[['x', 1, '2']], notes=['A note.'],
          command='comnet check data')
    assert tables.fill('<!-- result: t -->\nold\n<!-- end -->') == (
        '<!-- result: t -->\n\n**Maps** (train; seeds 0, 1). Good.\n\n'
        '| method | a | b |\n| --- | --- | --- |\n| x | 1 | 2 |\n\n'
        '- A note.\n\n```shell\ncomnet check data\n```\n\n<!-- end -->')


@pytest.mark.parametrize('fields, message', [
    (dict(rows=[['x', 1]]), 'x: 2 cells in a table of 3 columns'),
    (dict(rows=[['x', [1, 2], 3]], seeds=[0]), 'x: 2 values of 1 seeds'),
    (dict(best='line'), "best is 'line', not 'row' or 'column'"),
    (dict(colums=[]), 'colums')])
def test_a_slip_is_told_with_its_file(
        tables: ModuleType, folder: Path, fields: dict, message: str) -> None:
    write(folder, **fields)
    with pytest.raises(SystemExit, match=rf't\.json: .*{message}'):
        tables.read('t')


def test_a_name_without_a_file_is_told(
        tables: ModuleType, folder: Path) -> None:
    with pytest.raises(SystemExit, match=r'gone\.json'):
        tables.fill('<!-- table: gone -->\n<!-- end -->')

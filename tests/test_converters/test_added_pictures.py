# Copyright (c) COMNet contributors. All rights reserved.
"""New pictures in a data set that prepare has made."""

from pathlib import Path

import pytest
from helpers.tool_runner import error_of, run_tool
from PIL import Image

from comnet import apis
from comnet.converters import added_pictures as module
from comnet.converters.added_pictures import add_pictures
from comnet.converters.prepare import prepare
from comnet.datasets.voc_folder import read_split
from comnet.utils import InputError

NAMES = ('cat', 'dog')


def write(folder: Path, numbers: range) -> Path:
    """Write pictures and their labels, and return the folder."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        Image.new('RGB', (40, 40), (number, 0, 0)).save(
            folder / f'{number:02d}.png')
    folder.with_suffix('.csv').write_text('image,class\n' + ''.join(
        f'{number:02d},{NAMES[number % 2]}\n' for number in numbers))
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = write(tmp_path / 'first', range(10))
    prepare(folder, folder.with_suffix('.csv'), tmp_path / 'data')
    return tmp_path / 'data'


def lists(root: Path) -> dict[str, set[str]]:
    return {name: {*read_split(root, f'ImageSets/Segmentation/{name}.txt')}
            for name in ('train', 'val')}


def test_what_is_there_stays(root: Path, tmp_path: Path) -> None:
    before, old = lists(root), (root / 'labels.csv').read_text()
    more = write(tmp_path / 'more', range(8, 30))  # two are there already
    run = run_tool('dataset_converters/prepare.py', more,
                   more.with_suffix('.csv'), root, '--add')
    assert run.code == 0, run.err
    after = lists(root)
    assert all(before[name] <= after[name] for name in before)
    assert {name: len(ids) for name, ids in after.items()} == dict(
        train=24, val=6)
    assert len(list((root / 'JPEGImages').iterdir())) == 30
    assert {*old.splitlines()} <= {
        *(root / 'labels.csv').read_text().splitlines()}
    assert apis.check_data(root, workers=1).errors == []
    assert add_pictures(more, more.with_suffix('.csv'), root) == []
    with pytest.raises(InputError, match='stale .other images; other labels'):
        prepare(tmp_path / 'first', tmp_path / 'first.csv', root)


def test_what_was_cut_off_goes_on(
        root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = write(tmp_path / 'more', range(10, 20))
    write_lines = module.write_lines

    def failing(path: Path, lines: list[str]) -> None:
        if path.name == 'val.txt':
            raise OSError(28, 'No space left on device', str(path))
        write_lines(path, lines)

    monkeypatch.setattr(module, 'write_lines', failing)
    with pytest.raises(OSError, match='No space'):
        add_pictures(more, more.with_suffix('.csv'), root)
    monkeypatch.undo()
    add_pictures(more, more.with_suffix('.csv'), root)
    assert sum(map(len, lists(root).values())) == 20
    assert apis.check_data(root, workers=1).errors == []


def test_new_class_and_taken_id_are_refused(
        root: Path, tmp_path: Path) -> None:
    more = write(tmp_path / 'more', range(10, 14))
    (tmp_path / 'cows.csv').write_text('10,cow\n')
    before = lists(root)
    with pytest.raises(InputError, match="class 'cow' is not in the list"):
        add_pictures(more, tmp_path / 'cows.csv', root)
    Image.new('RGB', (99, 99)).save(more / '03.png')
    with pytest.raises(InputError, match="'03' is another picture in"):
        add_pictures(more, more.with_suffix('.csv'), root)
    assert lists(root) == before


@pytest.mark.parametrize('options', [
    ('--remake', ), ('--classes', __file__),
    ('--config', 'pipeline_r50_voc.py')])
def test_what_the_folder_has_already_is_not_given(
        root: Path, tmp_path: Path, options: tuple) -> None:
    line = error_of('dataset_converters/prepare.py', tmp_path / 'first',
                    tmp_path / 'first.csv', root, '--add', *options)
    assert f'{options[0]} beside --add' in line


def test_folder_that_prepare_has_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='no data set that prepare has made'):
        add_pictures(tmp_path, tmp_path, tmp_path / 'nowhere')


def test_negatives_alone_can_be_added(root: Path, tmp_path: Path) -> None:
    more = write(tmp_path / 'more', range(10, 20))
    (tmp_path / 'none.csv').write_text(
        ''.join(f'{number},\n' for number in range(10, 20)))
    with pytest.raises(InputError, match='no label of any of 10 pictures'):
        add_pictures(more, tmp_path / 'none.csv', root)
    assert len(add_pictures(more, tmp_path / 'none.csv', root,
                            negatives='listed')) == 10
    report = apis.check_data(root, workers=1)
    assert report.errors == []
    assert report.negatives == dict(train=8, val=2)

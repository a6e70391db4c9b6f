# Copyright (c) COMNet contributors. All rights reserved.
"""A check finds every kind of damage, all in one run, and no other."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.damages import DAMAGES, LISTS, Data, damage
from helpers.tool_runner import run_tool
from PIL import Image

from comnet.apis import check_data
from comnet.utils import InputError


def assert_all_found(root: Path, expected: list[tuple[str, str]],
                     known: int = 0) -> None:
    """Check for each of the findings, once each, and ``known`` others."""
    found = check_data(root, workers=2).findings
    for severity, pattern in expected:
        matches = [each for each in found if re.search(pattern, each.text)]
        assert [each.severity for each in matches] == [severity], (
            pattern, [str(each) for each in found])
        assert '; ' in matches[0].text and '\n' not in matches[0].text
    assert len(found) == len(expected) + known, list(map(str, found))


@pytest.fixture(scope='module')
def many_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return generated data with an image for each damage."""
    from comnet.converters.demo_data import make_demo_data

    root = tmp_path_factory.mktemp('many') / 'demo'
    make_demo_data(root, num_train=len(DAMAGES) + 6, num_val=3, size=(64, 48),
                   seed=0)
    return root


@pytest.fixture
def data(many_root: Path, tmp_path: Path) -> Data:
    return Data(Path(shutil.copytree(many_root, tmp_path / 'demo')))


def test_good_data(many_root: Path) -> None:
    report = check_data(many_root, workers=1)
    assert report.findings == []
    assert report.images == dict(train=len(DAMAGES) + 6, val=3)
    assert report.masks == report.images
    assert set(report.sizes.values()) == {(64, 48)}
    for name, counts in report.classes.items():
        number = counts['train']
        assert report.pairs[name] == number * (number - 1) / 2


def test_all_damages_in_one_run(data: Data) -> None:
    assert_all_found(data.root, damage(data, data.train))


@pytest.mark.parametrize('number', range(len(DAMAGES)))
def test_each_damage_alone(data: Data, number: int) -> None:
    harm, severity, _ = DAMAGES[number]
    harm(data, data.train[3])
    report = check_data(data.root, workers=1)
    assert [each.severity for each in report.findings
            if data.train[3] in each.text
            or 'yeti' in each.text] == [severity]


def test_without_pixels(data: Data) -> None:
    """All but what takes decoding, no file being opened."""
    expected = damage(data, data.train)
    of_pixels = re.compile('not a readable|pixels|mode|label 99|no class|alone'
                           '|the same picture')
    found = check_data(data.root, pixels=False).findings
    assert len(found) == len([
        pattern for _, pattern in expected if not of_pixels.search(pattern)])


@pytest.mark.parametrize('name, problem', [
    (f'{LISTS}/train.txt', 'empty split'), (f'{LISTS}/val.txt', 'empty split'),
    ('classes.txt', 'empty')])
def test_empty_lists(data: Data, name: str, problem: str) -> None:
    (data.root / name).write_text('')
    first = check_data(data.root, workers=1).errors[0]
    assert first.text.startswith(f'{data.root / name}: {problem}')


def test_lines_of_a_csv(data: Data) -> None:
    (data.root / 'labels.csv').write_text(
        ''.join(f'{one},fish\n' for one in data.train[:-3])
        + f'"{data.train[-3]},fish\n,kite\n')
    errors = check_data(data.root, pixels=False).errors
    for line, problem in ((22, 'not a line'), (23, 'no image')):
        assert any(f'labels.csv:{line}: {problem}' in each.text
                   for each in errors), errors


def test_class_with_a_single_image(data: Data) -> None:
    (data.root / 'labels.csv').write_text(
        ''.join(f'{one},fish\n' for one in data.train)
        + f'{data.train[0]},kite\n{data.train[1]},house\n{data.train[2]},'
        f'mushroom\n{data.train[3]},mushroom\n{data.train[4]},beetle,house\n')
    report = check_data(data.root, pixels=False)
    assert sorted(each.text.split("'")[1] for each in report.findings) == [
        'beetle', 'fish', 'kite']  # fish is in each
    assert report.pairs['mushroom'] == 1


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='nowhere: no such folder'):
        check_data(tmp_path / 'nowhere')


def test_status_of_the_tool(data: Data, tmp_path: Path) -> None:
    good = run_tool('check.py', data.root, '--workers', 1)
    assert good.code == 0, good.err
    assert '0 errors, 0 warnings' in good.out
    damage(data, data.train)
    bad = run_tool('check.py', data.root, '--workers', 1, '--out',
                   tmp_path / 'report.json')
    assert bad.code == 1
    assert len(re.findall('^error: ', bad.out, re.M)) == 10
    assert 'findings' in (tmp_path / 'report.json').read_text()


# pictures that MSRC-v2 has twice, and a person that VOC's labels leave out
KNOWN = dict(MSRC14=['1_26_s', '1_27_s'], VOC12=['2008_005245'])


@pytest.mark.parametrize('name', KNOWN)
def test_real_data(kit: Path, name: str) -> None:
    report = check_data(kit / 'data' / name)
    assert report.errors == []
    assert [Path(each.text.split(':')[0]).stem
            for each in report.warnings] == KNOWN[name]


@pytest.mark.parametrize('name', KNOWN)
def test_damaged_real_data(kit: Path, tmp_path: Path, name: str) -> None:
    source, root = kit / 'data' / name, tmp_path / name
    kept = {split: (source / f'{LISTS}/{split}.txt').read_text().split()[::4]
            for split in ('train', 'val')}
    for folder, suffix in (('JPEGImages', 'jpg'), ('Annotations', 'xml'),
                           ('SegmentationClass', 'png')):
        (root / folder).mkdir(parents=True)
        for image_id in kept['train'] + kept['val']:
            target = root / folder / f'{image_id}.{suffix}'
            target.write_bytes(
                (source / folder / target.name).read_bytes())
    (root / LISTS).mkdir(parents=True)
    for split, ids in kept.items():
        (root / f'{LISTS}/{split}.txt').write_text('\n'.join(ids))
    if (source / 'classes.txt').is_file():
        shutil.copyfile(source / 'classes.txt', root / 'classes.txt')
    known = len(check_data(root).findings)
    assert known <= 1
    damages = DAMAGES if name == 'MSRC14' else DAMAGES[:-1]  # no classes.txt
    data = Data(root)
    expected = damage(data, data.train[2::2])[:len(damages)]
    if name == 'VOC12':
        (root / 'classes.txt').unlink()  # what the last damage wrote
    assert_all_found(root, expected, known)


@pytest.mark.parametrize('mode, warning', [
    ('deep', 'png: 17 grey levels are left, as its values end at 409., and '
     '1 more pictures lose much; stretch'),
    ('fourth', 'png: 1[0-9] % of the contrast is left, as the fourth band is '
     'taken for transparency, and 1 more pictures lose much; save three'),
])
def test_pictures_that_lose_much(data: Data, mode: str, warning: str) -> None:
    rng = np.random.default_rng(0)
    for image_id in data.train[:2]:
        path = data.image(image_id)
        if mode == 'deep':
            image = Image.fromarray(rng.integers(
                0, 4096, (72, 96)).astype(np.uint16))
        else:
            image = Image.open(path).convert('RGB')
            image.putalpha(30)
        path.unlink()
        image.save(path.with_suffix('.png'))
    texts = [each.text for each in check_data(data.root, workers=1).warnings]
    assert sum(bool(re.search(warning, text)) for text in texts) == 1


@pytest.mark.parametrize('suffix', ['.PNG', '_mask.png', '.jpg'])
def test_masks_under_other_names(data: Data, suffix: str) -> None:
    masks = [data.mask(image_id) for image_id in data.train + data.val]
    for path in masks:
        path.rename(path.with_name(path.stem + suffix))
    report = check_data(data.root, pixels=False)
    assert f'SegmentationClass: {len(masks)} files are not named after' in (
        report.warnings[0].text)
    assert report.masks == dict(train=0, val=0)


def test_how_labels_were_read_is_told(data: Data) -> None:
    assert "Annotations: read as VOC's annotations" in check_data(
        data.root, pixels=False).table()


def test_no_training_image_shows_a_class(data: Data) -> None:
    (data.root / 'labels.csv').write_text(
        ''.join(f'{one},\n' for one in data.train))
    assert [each.text.split(': ')[1] for each in check_data(
        data.root, pixels=False).errors] == [
            'no training image shows a class; add images that do']

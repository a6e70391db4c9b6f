# Copyright (c) COMNet contributors. All rights reserved.
"""From the archives of MS COCO 2014 to a training."""

import csv
import json
import shutil
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from helpers.releases import pack, write_image
from helpers.tool_runner import error_of, run_tool

from comnet.converters.coco14 import convert_coco14
from comnet.datasets.voc_folder import load_mask, read_classes, read_split
from comnet.utils import InputError

TOOL = 'dataset_converters/coco14.py'
HEIGHT, WIDTH = 20, 30
# COCO's ids have gaps and its files need not be in their order
CATEGORIES = [dict(id=13, name='stop sign', supercategory='outdoor'),
              dict(id=1, name='person', supercategory='person'),
              dict(id=90, name='toothbrush', supercategory='indoor')]
CLASSES = ['person', 'stop sign', 'toothbrush']


@pytest.fixture(scope='module', autouse=True)
def _pycocotools() -> None:
    pytest.importorskip('pycocotools', reason='pycocotools is not installed')


def name_of(split: str, number: int) -> str:
    return f'COCO_{split}2014_{number:012}'


def box(left: int, top: int, right: int, bottom: int) -> list[float]:
    """Return the polygon of pixels from left to right - 1 and so on."""
    return [left, top, right, top, right, bottom, left, bottom]


def run_lengths(mask: np.ndarray) -> dict:
    """Return COCO's code: lengths of runs of 0 and 1, column by column."""
    flat = [0, *mask.flatten(order='F').tolist()]
    counts = [len(list(group)) for _, group in groupby(flat)]
    counts[0] -= 1
    return dict(counts=counts, size=list(mask.shape))


def instance(image: int, category: int, segmentation: object, area: float,
             crowd: int = 0) -> dict:
    return dict(id=image * 100 + int(area), image_id=image, iscrowd=crowd,
                category_id=category, segmentation=segmentation, area=area,
                bbox=[0, 0, 1, 1])


CROWD = np.zeros((HEIGHT, WIDTH), dtype=int)
CROWD[10:20, 0:24] = 1
INSTANCES = dict(
    train=[
        # a small one, a large one of two parts, a small one on top
        instance(9, 90, [box(4, 4, 7, 7)], 9),
        instance(9, 1, [box(2, 2, 22, 8), box(24, 0, 28, 10)], 160),
        # a crowd under one of its members
        instance(25, 1, run_lengths(CROWD), 240, crowd=1),
        instance(25, 1, [box(3, 12, 9, 18)], 36),
        instance(30, 13, [box(0, 0, 30, 20)], 600)],
    # a polygon of two corners is no box and encloses nothing
    val=[instance(42, 13, [[1, 1, 3, 3], box(5, 5, 10, 10)], 25),
         instance(42, 13, [[1, 1, 3, 3]], 1)])
LABELS = {
    name_of('train', 9): ['person', 'toothbrush'],
    name_of('train', 25): ['person'],
    name_of('train', 30): ['stop sign'],
    name_of('val', 42): ['stop sign']}
NUMBERS = dict(train=[30, 9, 25, 36], val=[42, 77])  # 36 and 77 are empty


def expected_masks() -> dict[str, np.ndarray]:
    masks = {name: np.zeros((HEIGHT, WIDTH), np.uint8) for name in LABELS}
    several, crowd, whole, val = masks.values()
    several[2:8, 2:22] = several[0:10, 24:28] = 1
    several[4:7, 4:7] = 3
    crowd[10:20, 0:24] = 255
    crowd[12:18, 3:9] = 1
    whole[:] = 2
    val[5:10, 5:10] = 2
    return masks


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder with what COCO's three archives are extracted to."""
    source = tmp_path / 'coco'
    (source / 'annotations').mkdir(parents=True)
    for split, numbers in NUMBERS.items():
        images = [dict(id=number, file_name=f'{name_of(split, number)}.jpg',
                       height=HEIGHT, width=WIDTH) for number in numbers]
        (source / f'annotations/instances_{split}2014.json').write_text(
            json.dumps(dict(images=images, annotations=INSTANCES[split],
                            categories=CATEGORIES)))
        for number in numbers:
            write_image(
                source / f'{split}2014/{name_of(split, number)}.jpg', number,
                (WIDTH, HEIGHT))
    return source


def zipped(source: Path, tmp_path: Path) -> Path:
    """Return a folder with the three archives."""
    target = tmp_path / 'zipped'
    target.mkdir()
    for name, archive in (('train2014', 'train2014'), ('val2014', 'val2014'),
                          ('annotations', 'annotations_trainval2014')):
        folder = tmp_path / archive
        shutil.copytree(source / name, folder / name)
        pack(folder, target / f'{archive}.zip')
    return target


@pytest.mark.parametrize('packed', [True, False])
def test_all_comes_together(source: Path, tmp_path: Path,
                            packed: bool) -> None:
    given = zipped(source, tmp_path) if packed else source
    root = tmp_path / 'out'
    run = run_tool(TOOL, given, root, '--workers', 1)
    assert (run.code, run.err) == (0, '')
    assert read_classes(root) == tuple(CLASSES)
    for split in ('train', 'val'):
        assert read_split(root, f'ImageSets/Segmentation/{split}.txt') == [
            name for name in LABELS if split in name]
    with open(root / 'labels.csv', newline='') as file:
        assert {row[0]: row[1:] for row in csv.reader(file)} == LABELS
    for name, mask in expected_masks().items():
        assert np.array_equal(
            load_mask(root / f'SegmentationClass/{name}.png'), mask), name
        split = 'train' if 'train' in name else 'val'
        assert (root / f'JPEGImages/{name}.jpg').read_bytes() == (
            source / f'{split}2014/{name}.jpg').read_bytes()
    for folder in ('JPEGImages', 'SegmentationClass'):
        assert len(list((root / folder).iterdir())) == len(LABELS)


def test_run_that_was_cut_off_goes_on(source: Path, tmp_path: Path) -> None:
    root = tmp_path / 'out'
    convert_coco14(source, root, workers=1)
    first, second = (root / f'SegmentationClass/{name}.png'
                     for name in list(LABELS)[:2])
    mask = load_mask(first)
    first.unlink()
    second.write_text('kept')
    convert_coco14(source, root, workers=1)
    assert np.array_equal(load_mask(first), mask)
    assert second.read_text() == 'kept'


def test_missing_images_are_named(source: Path, tmp_path: Path) -> None:
    (source / f'val2014/{name_of("val", 42)}.jpg').unlink()
    (source / f'val2014/{name_of("val", 77)}.jpg').touch()  # of no use
    with pytest.raises(InputError, match=(
            r'val2014: incomplete, 1 files are missing: '
            r'COCO_val2014_000000000042.jpg')):
        convert_coco14(source, tmp_path / 'out', workers=1)
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('name, archive', [
    ('train2014', 'train2014.zip'), ('val2014', 'val2014.zip'),
    ('annotations', 'annotations_trainval2014.zip')])
def test_missing_archive(source: Path, tmp_path: Path, name: str,
                         archive: str) -> None:
    shutil.rmtree(source / name)
    assert f'neither {archive} nor a folder {name}' in error_of(
        TOOL, source, tmp_path / 'out')


def edit(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """Return what changes the file of train's instances."""
    def edit_file(source: Path) -> None:
        path = source / 'annotations/instances_train2014.json'
        content = json.loads(path.read_text())
        change(content)
        path.write_text(json.dumps(content))
    return edit_file


def cut_off(source: Path) -> None:
    path = source / 'annotations/instances_train2014.json'
    path.write_text(path.read_text()[:-100])


@pytest.mark.parametrize('change, problem', [
    (cut_off, 'not a file of COCO\'s instances'),
    (edit(lambda file: file.pop('categories')), 'KeyError'),
    (edit(lambda file: file['categories'].pop()), 'KeyError: 90'),
    (edit(lambda file: file['annotations'][0].update(image_id=5)),
     'KeyError: 5'),
    (edit(lambda file: file['categories'][0].update(name='sign')),
     'other categories in train'),
    (edit(lambda file: file['images'][0].update(file_name='../../evil.jpg')),
     'is not the name of an image'),
    (edit(lambda file: file['images'][0].update(file_name='.evil')),
     'missing'),
    (edit(lambda file: file['annotations'][0].update(segmentation={})),
     'a segmentation is none of COCO\'s'),
    (edit(lambda file: file['annotations'][2]['segmentation'].update(
        size=[3, 200])), 'a segmentation is none of COCO\'s')])
def test_annotations_of_no_use(source: Path, tmp_path: Path,
                               change: Callable[[Path], None],
                               problem: str) -> None:
    change(source)
    with pytest.raises(InputError) as caught:
        convert_coco14(source, tmp_path / 'out', workers=1)
    assert problem in str(caught.value)
    assert '\n' not in str(caught.value)
    assert not (tmp_path / 'out/classes.txt').exists()


def test_pycocotools_is_asked_for(source: Path, tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'pycocotools', None)
    monkeypatch.delitem(sys.modules, 'pycocotools.mask', raising=False)
    assert 'pip install pycocotools' in error_of(
        TOOL, source, tmp_path / 'out')

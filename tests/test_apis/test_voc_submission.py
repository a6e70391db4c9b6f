# Copyright (c) COMNet contributors. All rights reserved.
"""Packing of masks for the evaluation server of VOC."""

import tarfile
from pathlib import Path

import numpy as np
import pytest
from helpers.tool_runner import error_of, run_tool
from PIL import Image

from comnet.apis import pack_submission
from comnet.utils import InputError
from comnet.utils.record import Record

IDS = [f'2008_{index:06d}' for index in range(12)]
LIST = 'ImageSets/Segmentation/test.txt'
FOLDER = 'results/VOC2012/Segmentation/comp6_test_cls'


@pytest.fixture
def voc(tmp_path: Path) -> tuple[Path, Path, list[np.ndarray]]:
    """Return a split without true masks, a folder of masks, and its labels.

    The folder's masks are in grey.
    """
    root, masks = tmp_path / 'VOC2012', tmp_path / 'masks'
    for folder in (root / 'JPEGImages', (root / LIST).parent, masks):
        folder.mkdir(parents=True)
    (root / LIST).write_text('\n'.join(IDS))
    labels = []
    generator = np.random.default_rng(0)
    for index, image_id in enumerate(IDS):
        mask = generator.integers(0, 21, (6, 8 + index)).astype(np.uint8)
        Image.new('RGB', mask.shape[::-1]).save(
            root / f'JPEGImages/{image_id}.jpg')
        Image.fromarray(mask).save(masks / f'{image_id}.png')
        labels.append(mask)
    return root, masks, labels


def test_what_is_packed_comes_back(voc: tuple, tmp_path: Path) -> None:
    root, masks, labels = voc
    run = run_tool('voc_submission.py', root, masks, tmp_path / 'out.tgz')
    assert (run.code, run.out.split()[1:]) == (0, ['12', 'masks'])
    with tarfile.open(tmp_path / 'out.tgz', 'r:gz') as archive:
        assert archive.getnames() == [f'{FOLDER}/{each}.png' for each in IDS]
        for member, expected in zip(archive, labels, strict=True):
            image = Image.open(archive.extractfile(member))
            assert image.mode == 'P'
            assert np.array_equal(np.array(image), expected)
            # VOC's map: aeroplane, bicycle, …, tvmonitor
            assert image.getpalette()[3:9] == [128, 0, 0, 0, 128, 0]
            assert image.getpalette()[60:63] == [0, 64, 128]


def test_the_same_masks_give_the_same_file(voc: tuple, tmp_path: Path) -> None:
    root, masks, _ = voc
    for name in 'ab':
        pack_submission(root, LIST, masks, tmp_path / name)
    assert (tmp_path / 'a').read_bytes() == (tmp_path / 'b').read_bytes()


def test_what_cannot_be_packed_is_named(voc: tuple, tmp_path: Path) -> None:
    root, masks, labels = voc
    (masks / f'{IDS[0]}.png').unlink()
    Image.fromarray(labels[2]).save(masks / f'{IDS[1]}.png')
    Image.new('RGB', (10, 6)).save(masks / f'{IDS[2]}.png')
    for index, label in ((3, 21), (4, 255)):
        labels[index][0, 0] = label
        Image.fromarray(labels[index]).save(masks / f'{IDS[index]}.png')
    error = error_of('voc_submission.py', root, masks, tmp_path / 'out.tgz')
    assert f'{masks}: 5 of 12 masks cannot be packed' in error
    for reason in ('0: no such mask', '1: 10 x 6 pixels, its image has 9 x 6',
                   '2: mode RGB', '3: label 21', '4: label 255'):
        assert reason in error
    assert not (tmp_path / 'out.tgz').exists()


def test_ten_are_named_and_all_are_counted(voc: tuple, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        pack_submission(voc[0], LIST, tmp_path, tmp_path / 'out.tgz')
    text = str(error.value)
    assert '12 of 12 masks' in text
    assert [each in text for each in IDS] == [True] * 10 + [False] * 2


def test_masks_of_a_test_that_was_cut_off(
        voc: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, masks, _ = voc
    Record({}, {}).write(masks.parent)
    for path in (masks, '.'):
        monkeypatch.chdir(masks)
        with pytest.raises(InputError, match='its test was cut off'):
            pack_submission(root, LIST, path, tmp_path / 'out.tgz')
    Record({}, {}, finished=True).write(masks.parent)
    assert pack_submission(root, LIST, masks, tmp_path / 'out.tgz') == 12

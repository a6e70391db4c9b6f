# Copyright (c) COMNet contributors. All rights reserved.
"""PASCAL VOC 2012 and SBD to the data set with 10,582 training images.

The rule of the list ``train_aug``, from which the field's own 10,582 ids
follow: the ids of VOC's train and SBD's train and val, those of VOC's val
left out, sorted. Where both have a mask VOC's stands in
``SegmentationClassAug``, with its ignored contours; SBD's masks have none.
"""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy.io import loadmat

from ..datasets.voc_folder import save_mask
from ..utils import InputError
from .layout import (
    IMAGES,
    LABELS,
    LISTS,
    MASKS,
    check_ids,
    convert,
    layout,
    place,
    write_lists,
)
from .source import Source, link_or_copy, open_source

AUG_MASKS = 'SegmentationClassAug'
NUM_CLASSES = 20


def convert_voc12(trainval: str | Path,
                  sbd: str | Path,
                  target: str | Path,
                  test: str | Path | None = None,
                  workers: int | None = None) -> dict[str, int]:
    """Bring VOC 2012 and SBD together.

    Files that are there are kept, so that a run that was cut off goes on, and
    an extracted ``VOCdevkit/VOC2012`` may be its own target. The lists are
    written last.

    Args:
        trainval: ``VOCtrainval_11-May-2012.tar`` or its folder.
        sbd: ``benchmark.tgz`` or its folder ``benchmark_RELEASE``.
        target: Folder to fill, such as ``data/VOCdevkit/VOC2012``.
        test: ``VOC2012test.tar`` or its folder, for images without masks.
        workers: Processes, by default one a core.

    Returns:
        Number of images by list.

    Raises:
        InputError: An archive is missing, cut off or incomplete, or a file
            cannot be written.
    """
    voc = open_source(trainval, f'{LISTS}/train.txt')
    berkeley = open_source(sbd, 'cls/*.mat')
    lists = _lists(voc, berkeley)
    masked = sorted({*lists['train'], *lists['val']})
    images = sorted({*masked, *lists['train_aug']})
    drawn = sorted({*images} - {*masked})
    voc.require([f'{folder}/{image_id}{suffix}' for folder, ids, suffix in (
        (IMAGES, images, '.jpg'), (LABELS, images, '.xml'),
        (MASKS, masked, '.png')) for image_id in ids])
    berkeley.require([f'cls/{image_id}.mat' for image_id in drawn])
    others = None if test is None else open_source(test, f'{LISTS}/test.txt')
    if others is not None:
        lists['test'] = _ids(others, f'{LISTS}/test.txt')
        others.require(_images(Path(), lists['test']))

    with layout(target, IMAGES, LABELS, MASKS, AUG_MASKS) as root:
        place(voc, {
            **_images(root, images),
            **{f'{LABELS}/{image_id}.xml': root / LABELS / f'{image_id}.xml'
               for image_id in images},
            **{f'{MASKS}/{image_id}.png': root / MASKS / f'{image_id}.png'
               for image_id in masked}}, 'files of VOC')
        for image_id in masked:
            link_or_copy(root / MASKS / f'{image_id}.png',
                         root / AUG_MASKS / f'{image_id}.png')
        convert(berkeley, {
            f'cls/{image_id}.mat': root / AUG_MASKS / f'{image_id}.png'
            for image_id in drawn}, _write_mask, workers)
        if others is not None:
            place(others, _images(root, lists['test']), 'images of test')
        write_lists(root, lists)
    return {split: len(ids) for split, ids in lists.items()}


def _lists(voc: Source, sbd: Source) -> dict[str, list[str]]:
    """Return the ids of each list, train_aug among them."""
    lists = {split: _ids(voc, f'{LISTS}/{split}.txt')
             for split in ('train', 'val', 'trainval')}
    lists['train_aug'] = train_aug_ids(
        lists['train'], lists['val'],
        [*_ids(sbd, 'train.txt'), *_ids(sbd, 'val.txt')])
    return lists


def train_aug_ids(train: Iterable[str], val: Iterable[str],
                  sbd: Iterable[str]) -> list[str]:
    """Return the ids of train_aug from VOC's train and val and all of SBD."""
    return sorted({*train, *sbd} - {*val})


def _ids(source: Source, name: str) -> list[str]:
    return check_ids(source.read_lines(name), f'{source.path}: {name}')


def _images(root: Path, ids: list[str]) -> dict[str, Path]:
    """Return where to write the images, by their names in the release."""
    return {f'{IMAGES}/{image_id}.jpg': root / IMAGES / f'{image_id}.jpg'
            for image_id in ids}


def _write_mask(data: bytes, path: Path, name: str) -> None:
    save_mask(path, read_sbd_mask(data, name))


def read_sbd_mask(data: bytes, name: str) -> np.ndarray:
    """Read a mask of SBD, the content of ``cls/ID.mat``: labels (H, W), uint8.

    SciPy reads MATLAB's format of numbers and text; no code is run by it.

    Raises:
        InputError: It is no such file; ``name`` is its name.
    """
    try:
        mask = loadmat(io.BytesIO(data), variable_names=['GTcls'])[
            'GTcls']['Segmentation'][0, 0]
        if mask.ndim != 2 or mask.size == 0 or mask.max() > NUM_CLASSES:
            raise ValueError(f'labels up to {mask.max()}, shape {mask.shape}')
        return mask.astype(np.uint8)
    except Exception as error:  # SciPy's are of many kinds
        raise InputError(f'{name}: not a mask of SBD ({error}); download it '
                         'again') from error

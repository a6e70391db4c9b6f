# Copyright (c) COMNet contributors. All rights reserved.
"""MSRC-v2 with its cleaned-up ground truth to MSRC14, of 14 classes.

``face`` and ``body`` are ``person``; what is of no class is background. A
class counts from 200 pixels on, smaller bits are ignored, and so is a band of
one pixel on either side of every border. Images of no class are left out.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from scipy.io import loadmat

from ..datasets.voc_folder import (
    IGNORE_INDEX,
    load_mask,
    read_split,
    save_mask,
)
from ..utils import InputError
from ..utils.atomic_file import write_atomically
from .layout import (
    IMAGES,
    LABELS,
    MASKS,
    check_ids,
    convert,
    layout,
    write_annotation,
    write_lines,
    write_lists,
)
from .source import open_source

CLASSES = ('aeroplane', 'bicycle', 'bird', 'boat', 'book', 'car', 'cat',
           'chair', 'cow', 'dog', 'flower', 'person', 'sheep', 'sign')
# of the ground truth, from 1
MSRC_CLASSES = (
    'building', 'grass', 'tree', 'cow', 'horse', 'sheep', 'sky', 'mountain',
    'aeroplane', 'water', 'face', 'car', 'bicycle', 'flower', 'sign', 'bird',
    'book', 'chair', 'road', 'cat', 'dog', 'body', 'boat')
ALIASES = dict(face='person', body='person')
MIN_PIXELS = 200
JPEG_QUALITY = 95
VAL_STEP = 4  # of images without lists, every fourth is for validation


def convert_msrc(images: str | Path,
                 ground_truth: str | Path,
                 target: str | Path,
                 lists: str | Path | None = None,
                 workers: int | None = None) -> dict[str, int]:
    """Make MSRC14; what is kept, returned and raised see ``convert_voc12``.

    Args:
        images: MSRC-v2 as an archive or folder, with ``Images/ID.bmp``.
        ground_truth: The cleaned-up ground truth as an archive or folder,
            with ``newsegmentations_mats/ID_GT.mat``.
        target: Folder to fill, such as ``data/MSRC14``.
        lists: Folder with ``train.txt`` and ``val.txt``; without them, every
            fourth image is for validation.
        workers: Processes, by default one a core.
    """
    photos = open_source(images, 'Images/*_s.bmp')
    truth = open_source(ground_truth, '*_GT.mat')
    ids = check_ids(sorted(
        name.removesuffix('_GT.mat') for name in truth.names
        if name.endswith('_GT.mat')), f'{truth.path}')
    photos.require(f'Images/{image_id}.bmp' for image_id in ids)
    given = None if lists is None else _read_lists(Path(lists))
    with layout(target, IMAGES, MASKS, LABELS) as root:
        convert(truth, {
            f'{image_id}_GT.mat': root / LABELS / f'{image_id}.xml'
            for image_id in ids}, _write_mask, workers)
        ids = [image_id for image_id in ids
               if (root / LABELS / f'{image_id}.xml').exists()]
        convert(photos, {
            f'Images/{image_id}.bmp': root / IMAGES / f'{image_id}.jpg'
            for image_id in ids}, _write_image, workers)
        splits = _split(ids) if given is None else given
        for split, members in splits.items():
            missing = sorted({*members} - {*ids})
            if missing:
                raise InputError(f'{lists}/{split}.txt: {len(missing)} images '
                                 f'such as {missing[0]} are not in the '
                                 'release or show no class; mend the list')
        splits['trainval'] = sorted([*splits['train'], *splits['val']])
        write_lines(root / 'classes.txt', CLASSES)
        write_lists(root, splits)
    return {split: len(members) for split, members in splits.items()}


def msrc14_mask(regions: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Turn regions and their classes into a mask of MSRC14.

    Args:
        regions: Region of each pixel, from 1, shape (H, W): ``newseg``.
        labels: Class of each region in ``MSRC_CLASSES``, from 1, any shape:
            ``newlabels``. Regions past its end are unlabelled.

    Returns:
        Label ids, shape (H, W), uint8, 255 where ignored.
    """
    ids = np.zeros(len(MSRC_CLASSES) + 1, dtype=np.uint8)
    for label, name in enumerate(MSRC_CLASSES, 1):
        name = ALIASES.get(name, name)
        if name in CLASSES:
            ids[label] = CLASSES.index(name) + 1
    num_regions = max(labels.size, int(regions.max()))
    of_region = np.zeros(num_regions + 1, dtype=np.uint8)
    of_region[1:labels.size + 1] = ids[labels.ravel()]
    mask = of_region[regions]
    counts = np.bincount(mask.ravel(), minlength=len(CLASSES) + 1)
    small = np.flatnonzero(counts[1:] < MIN_PIXELS) + 1
    mask[np.isin(mask, small)] = IGNORE_INDEX
    border = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT,
                              np.ones((3, 3), np.uint8)) > 0
    mask[border] = IGNORE_INDEX
    return mask


def _write_mask(data: bytes, path: Path, name: str) -> None:
    """Write mask and labels of an image that shows a class, these last."""
    try:  # SciPy reads numbers and text; no code is run by it
        content = loadmat(io.BytesIO(data))
        mask = msrc14_mask(content['newseg'], content['newlabels'])
    except Exception as error:  # SciPy's are of many kinds
        raise InputError(f'{name}: not of the cleaned-up ground truth '
                         f'({error}); download it again') from error
    present = [CLASSES[label - 1] for label in np.unique(mask)
               if label not in (0, IGNORE_INDEX)]
    if present:
        save_mask(_mask_path(path), mask)
        write_annotation(path, f'{path.stem}.jpg', present)


def _write_image(data: bytes, path: Path, name: str) -> None:
    try:
        image = Image.open(io.BytesIO(data)).convert('RGB')
    except (OSError, SyntaxError) as error:
        raise InputError(f'{name}: not a readable image; download it again'
                         ) from error
    if image.size != load_mask(_mask_path(path)).shape[::-1]:
        raise InputError(f'{name}: another size than its ground truth; '
                         'download both again')
    write_atomically(path, lambda file: image.save(
        file, format='JPEG', quality=JPEG_QUALITY))


def _mask_path(path: Path) -> Path:
    """Return the mask beside a picture or its labels."""
    return path.parents[1] / MASKS / f'{path.stem}.png'


def _split(ids: Sequence[str]) -> dict[str, list[str]]:
    """Return a split for those who have no lists."""
    val = list(ids[VAL_STEP - 1::VAL_STEP])
    return dict(train=sorted({*ids} - {*val}), val=val)


def _read_lists(folder: Path) -> dict[str, list[str]]:
    return {split: check_ids(read_split(folder, f'{split}.txt'),
                             f'{folder}/{split}.txt')
            for split in ('train', 'val')}

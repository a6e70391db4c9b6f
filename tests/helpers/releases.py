# Copyright (c) COMNet contributors. All rights reserved.
"""Small releases in the official formats of PASCAL VOC 2012 and SBD."""

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from comnet.datasets.voc_folder import save_mask

VOC, SBD = 'VOCdevkit/VOC2012', 'benchmark_RELEASE/dataset'
LISTS = 'ImageSets/Segmentation'


def write_text(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(''.join(f'{line}\n' for line in lines))


def write_image(path: Path, seed: int, size: tuple[int, int]) -> None:
    """Write a random image of a width and height."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(256, size=(size[1], size[0], 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def annotation(names: Iterable[str]) -> str:
    """Return VOC's XML, of which labels are read."""
    return '<annotation>' + ''.join(
        f'<object><name>{name}</name><difficult>0</difficult></object>'
        for name in names) + '</annotation>'


def write_voc(folder: Path, lists: Mapping[str, list[str]],
              labels: Mapping[str, list[str]],
              masks: Mapping[str, np.ndarray]) -> Path:
    """Write what ``VOCtrainval_11-May-2012.tar`` extracts to.

    Args:
        folder: Where it is extracted.
        lists: Ids of train and val.
        labels: Classes by id of all images.
        masks: Masks by id, of train and val.
    """
    root = folder / VOC
    for split, ids in {**lists, 'trainval': sorted(
            [*lists['train'], *lists['val']])}.items():
        write_text(root / LISTS / f'{split}.txt', ids)
    for seed, (image_id, names) in enumerate(labels.items()):
        write_image(root / f'JPEGImages/{image_id}.jpg', seed, (12, 8))
        path = root / f'Annotations/{image_id}.xml'
        path.parent.mkdir(exist_ok=True)
        path.write_text(annotation(names))
    for image_id, mask in masks.items():
        save_mask(root / f'SegmentationClass/{image_id}.png', mask)
    return folder


def write_sbd(folder: Path, lists: Mapping[str, list[str]],
              masks: Mapping[str, np.ndarray]) -> Path:
    """Write what ``benchmark.tgz`` extracts to, images left out."""
    root = folder / SBD
    for split, ids in lists.items():
        write_text(root / f'{split}.txt', ids)
    (root / 'cls').mkdir()
    for image_id, mask in masks.items():
        boundaries = np.empty((20, 1), dtype=object)
        boundaries[:, 0] = [np.zeros(mask.shape, np.uint8)] * 20
        savemat(root / f'cls/{image_id}.mat', dict(GTcls=dict(
            Boundaries=boundaries,
            Segmentation=mask,
            CategoriesPresent=np.unique(mask[mask > 0]))))
    return folder


def pack(folder: Path, path: Path) -> Path:
    """Pack a folder's content as ``.tar``, ``.tgz`` or ``.zip``."""
    if path.suffix == '.zip':
        with zipfile.ZipFile(path, 'w') as archive:
            for file in sorted(folder.rglob('*')):
                archive.write(file, file.relative_to(folder))
        return path
    with tarfile.open(path, 'w:gz' if path.suffix == '.tgz' else 'w') as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, file.name)
    return path


def add_member(path: Path, name: str, link: str | None = None) -> Path:
    """Append a file of that name, or a link, to a ``.tar`` or ``.zip``."""
    if path.suffix == '.zip':
        with zipfile.ZipFile(path, 'a') as archive:
            archive.writestr(name, 'evil')
        return path
    member = tarfile.TarInfo(name)
    if link is not None:
        member.type, member.linkname = tarfile.SYMTYPE, link
    else:
        member.size = 4
    with tarfile.open(path, 'a') as tar:
        tar.addfile(member, io.BytesIO(b'evil'))
    return path

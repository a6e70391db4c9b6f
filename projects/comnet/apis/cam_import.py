# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps that other code has made, as files of this package."""

from pathlib import Path

import numpy as np
import torch

from ..datasets.cam_file import CAMFile
from ..datasets.foreign_cams import read_foreign_cam
from ..datasets.identity import images_identity
from ..datasets.image_labels import ANNOTATIONS, read_labels
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import load_image, read_classes, read_split
from ..ops import normalize_cam, resize_cam
from ..ops.cam import cam_size
from ..utils import InputError
from ..utils.progress import track
from ..utils.record import Record, claim, digest, file_identity, making
from .cam_evaluation import evaluate_cams


def import_cams(source: str | Path,
                data_root: str | Path,
                image_list: str,
                cam_dir: str | Path,
                labels: str = ANNOTATIONS,
                remake: bool = False) -> dict:
    """Read the CAMs of a list of images and write them as this package does.

    The maps of the image's labels are kept, negative values set to 0, brought
    to the image's size and to stride 4, and divided by their maximum.

    Args:
        source: Folder of the CAMs, see :mod:`comnet.datasets.foreign_cams`.
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        cam_dir: Folder of the files and of their record.
        labels: Where the labels stand, see
            :mod:`comnet.datasets.image_labels`.
        remake: Whether to set the folder aside if it was made otherwise.

    Returns:
        mIoU of the CAMs, see :func:`evaluate_cams`.

    Raises:
        InputError: Something given is missing or wrong.
    """
    root, cam_dir = Path(data_root), Path(cam_dir)
    ids, classes = read_split(root, image_list), read_classes(root)
    record = claim(cam_dir, import_record(source, root, image_list, labels),
                   remake, (root, source))
    todo = [(image_id, indices) for image_id, indices in zip(
                ids, read_labels(root, ids, classes, labels), strict=True)
            if not (cam_dir / f'{image_id}.npz').is_file()]
    print(f'{len(todo)} of {len(ids)} images to import', flush=True)
    if record.finished and not todo:
        return record.results
    pictures = find_pictures(root / IMAGE_DIR, ids)
    with making(cam_dir, record) as results:
        for image_id, indices in track(todo, len(todo)):
            maps = read_foreign_cam(source, image_id, classes)
            missing = [classes[k] for k in indices if k not in maps]
            if missing:
                raise InputError(f'{Path(source) / image_id}: no map of '
                                 f'{missing[0]!r}, a label of the image; '
                                 'write it, or mend the label')
            size = load_image(pictures[image_id]).shape[:2]
            CAMFile(np.array(indices), _resized(
                [maps[k] for k in indices], *size), size).save(
                    cam_dir / f'{image_id}.npz')
        results.update(evaluate_cams(cam_dir, root, image_list))
    return results


def import_record(source: str | Path, data_root: str | Path,
                  image_list: str, labels: str = ANNOTATIONS) -> Record:
    """Return what imported CAMs depend on: every file, by content.

    Raises:
        InputError: There is no such folder.
    """
    source = Path(source)
    if not source.is_dir():
        raise InputError(f'{source}: no such folder of CAMs')
    files = sorted(path for path in source.rglob('*')
                   if path.suffix in ('.npy', '.npz', '.png'))
    return Record({}, dict(
        cams=digest([[str(path.relative_to(source)), file_identity(path)]
                     for path in files]),
        images=images_identity(data_root, image_list, labels)))


def _resized(maps: list[np.ndarray], height: int, width: int) -> np.ndarray:
    """Return maps (h, w) each at stride 4, in [0, 1].

    Returns:
        Shape (K, ceil(H / 4), ceil(W / 4)).
    """
    size = cam_size(height, width)
    stack = torch.cat([
        resize_cam(torch.from_numpy(values)[None].clamp(min=0), size)
        for values in maps])
    return normalize_cam(stack).numpy()

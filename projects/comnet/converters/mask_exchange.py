# Copyright (c) COMNet contributors. All rights reserved.
"""Masks on their way to whoever draws better ones, and back."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from mmengine.logging import print_log

from ..datasets.decoding import upright_size
from ..datasets.image_labels import ANNOTATIONS, LABELS_FILE, read_source
from ..datasets.picture_files import IMAGE_DIR, files_of, find_pictures
from ..datasets.picture_names import match_names
from ..datasets.voc_folder import (
    load_mask,
    load_mask_of,
    read_classes,
    read_split,
    save_mask,
)
from ..utils import InputError, check_choice
from ..utils.constants import CORRECTED
from ..utils.progress import track
from .mask_formats.formats import FORMATS
from .mask_formats.shapes import Drawing, Item, draw
from .suspicion import Suspicion, suspect

TRAIN = 'ImageSets/Segmentation/train.txt'


def export_masks(data_root: str | Path,
                 mask_dir: str | Path,
                 out_dir: str | Path,
                 format: str,
                 *,
                 image_list: str = TRAIN,
                 number: int | None = None,
                 labels: str | None = None,
                 cam_dir: str | Path | None = None,
                 tolerance: float = 0) -> list[Suspicion]:
    """Write pictures and masks for a program in which masks are drawn.

    Args:
        data_root: Folder in VOC layout, of the pictures.
        mask_dir: Folder of the masks ``ID.png``: pseudo masks or predictions.
        out_dir: Folder to make.
        format: One of ``comnet.utils.constants.MASK_FORMATS``.
        image_list: List of image ids, relative to ``data_root``. Those
            without a mask are left out.
        number: How many to write, the most suspicious first; by default all.
        labels: Where the labels stand, which tell what a mask should show; by
            default ``labels.csv`` where there is one, else ``Annotations``.
        cam_dir: Folder of the CAMs, whose scores tell what is unsure.
        tolerance: Pixels by which the outlines of 'yolo' and 'labelme' may be
            simplified; 0 keeps each pixel.

    Returns:
        What speaks against each mask that was written, in their order.

    Raises:
        InputError: Something given is missing or wrong.
    """
    check_choice(format, FORMATS, 'format')
    root, masks, out = Path(data_root), Path(mask_dir), Path(out_dir)
    if number is not None and number < 1:
        raise InputError(f'number is {number}; give 1 or more')
    if not tolerance >= 0:
        raise InputError(f'tolerance is {tolerance}; give 0 or more pixels')
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f'{out}: holds something already; name another '
                         'folder')
    classes = read_classes(root)
    found = _masks_of(masks, read_split(root, image_list), image_list)
    pictures = find_pictures(root / IMAGE_DIR, list(found))
    known = known_labels(root, list(found), classes, labels)
    cams = {} if cam_dir is None else files_of(cam_dir, list(found), '.npz')
    suspicions = sorted((
        suspect(image_id, load_mask_of(
            pictures[image_id], found[image_id], len(classes) + 1),
            classes, known.get(image_id), cams.get(image_id))
        for image_id in track(list(found), len(found))),
        key=lambda each: each.rank)[:number]
    items = (Item(each.image_id, pictures[each.image_id],
                  load_mask(found[each.image_id]), tolerance)
             for each in suspicions)
    FORMATS[format].write(items, classes, out)
    return suspicions


def _masks_of(folder: Path, ids: Sequence[str],
              image_list: str) -> dict[str, Path]:
    """Return the masks that are there of some images."""
    if not folder.is_dir():
        raise InputError(f'{folder}: no such folder of masks; name that of '
                         'pseudo masks or predictions')
    found = files_of(folder, list(dict.fromkeys(ids)), '.png')
    if not found:
        raise InputError(f'{folder}: no mask of an image of {image_list}; '
                         'name another list, or the folder of ID.png')
    if len(found) < len({*ids}):
        print_log(f'{folder}: {len({*ids}) - len(found)} images of '
                  f'{image_list} have no mask there')
    return found


def known_labels(root: Path, ids: Sequence[str], classes: Sequence[str],
                 labels: str | None = None) -> Mapping[str, Sequence[str]]:
    """Return the classes that images show, as far as that is known.

    Raises:
        InputError: The labels are no good.
    """
    if labels is None:
        labels = next((name for name in (LABELS_FILE, ANNOTATIONS)
                       if (root / name).exists()), None)
        if labels is None:
            return {}
    return read_source(root / labels, ids, classes).classes


def import_masks(data_root: str | Path,
                 source: str | Path,
                 format: str,
                 out_dir: str | Path | None = None,
                 *,
                 image_list: str = TRAIN) -> dict[str, bool]:
    """Take masks back that were drawn anew.

    All of them are read before any is written; masks that are in the folder
    already are replaced by those of the same images.

    Args:
        data_root: Folder in VOC layout, of the pictures.
        source: What the program has written: a folder, or a file.
        format: One of ``comnet.utils.constants.MASK_FORMATS``.
        out_dir: Folder of the masks ``ID.png``, by default
            ``DATA_ROOT/corrected``.
        image_list: List of image ids, relative to ``data_root``, of which
            the pictures have to be.

    Returns:
        For each image whether its mask differs from what was there.

    Raises:
        InputError: A picture is not in the list, a mask is of another size, a
            class has no such name, or a shape lies beside the picture; each
            is told, and nothing is written.
    """
    check_choice(format, FORMATS, 'format')
    root, source = Path(data_root), Path(source)
    out = root / CORRECTED if out_dir is None else Path(out_dir)
    classes, ids = read_classes(root), read_split(root, image_list)
    drawings = FORMATS[format].read(source, classes)
    problems: list[str] = []
    matched = _match(drawings, ids, source, image_list, problems)
    pictures = find_pictures(root / IMAGE_DIR, list(matched))
    for _ in _drawn(matched, pictures, classes, problems):
        pass  # what is wrong is told before anything is written
    for problem in problems[:-1]:
        print_log(f'error: {problem}')
    if problems:
        raise InputError(problems[-1])
    changed = {}
    for image_id, mask in _drawn(matched, pictures, classes, problems):
        path = out / f'{image_id}.png'
        changed[image_id] = not path.is_file() or not np.array_equal(
            load_mask(path), mask)
        save_mask(path, mask)
    return changed


def _match(drawings: Sequence[Drawing], ids: Sequence[str], source: Path,
           image_list: str, problems: list[str]) -> dict[str, Drawing]:
    """Find the image of each drawing, each once."""
    names, doubtful = match_names(
        [drawing.name for drawing in drawings], ids, source)
    problems += doubtful
    found: dict[str, Drawing] = {}
    for drawing in drawings:
        image_id = names.get(drawing.name)
        if image_id is None:
            problems.append(f'{drawing.place}: {drawing.name!r} is no image '
                            f'of {image_list}; take it out, or name its list')
        elif found.setdefault(image_id, drawing) is not drawing:
            problems.append(f'{drawing.place}: image {image_id!r} stands '
                            'twice; keep one of both')
    return found


def _drawn(matched: Mapping[str, Drawing], pictures: Mapping[str, Path],
           classes: Sequence[str], problems: list[str]
           ) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the masks of images; add what is wrong to the problems."""
    for image_id, drawing in matched.items():
        try:
            yield image_id, draw(
                drawing, upright_size(pictures[image_id]), classes)
        except InputError as error:
            problems.append(str(error))

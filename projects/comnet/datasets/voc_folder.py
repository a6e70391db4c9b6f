# Copyright (c) COMNet contributors. All rights reserved.
"""Reading and writing a folder in VOC layout, with errors that help.

::

    data_root
    ├── classes.txt                    one class a line, no background; the
    │                                  20 classes of VOC without it
    ├── JPEGImages/ID.jpg              or .png, …; an ID may have folders
    ├── Annotations/ID.xml             image-level labels, or from elsewhere
    ├── SegmentationClass/ID.png       masks, only for evaluation
    └── ImageSets/Segmentation/train.txt, val.txt, …
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from ..utils import InputError
from ..utils.atomic_file import write_atomically
from ..utils.given import require_data_root
from ..utils.text_file import read_text
from .decoding import as_rgb, open_upright, upright_size
from .picture_files import files_of, name_problem
from .xml_file import read_xml

IGNORE_INDEX = 255
VOC_CLASSES = (
    'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat',
    'chair', 'cow', 'diningtable', 'dog', 'horse', 'motorbike', 'person',
    'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor')


def read_classes(data_root: str | Path) -> tuple[str, ...]:
    """Read the foreground classes of a data set.

    They are the lines of ``classes.txt``, or the 20 classes of PASCAL VOC
    where there is no such file, as in the original release.

    Raises:
        InputError: No such folder, or the file is empty, too long for
            8-bit masks or names a class twice.
    """
    path = require_data_root(data_root) / 'classes.txt'
    if not path.is_file():
        return VOC_CLASSES
    return check_classes(path, read_text(path).split('\n'))


def check_classes(path: str | Path, lines: Iterable[str]) -> tuple[str, ...]:
    """Return the classes of a list that stands in a file, but for blank lines.

    Raises:
        InputError: It is empty, too long for 8-bit masks, names a class
            twice or the background, whose number is 0 in every mask.
    """
    classes = tuple(line.strip() for line in lines if line.strip())
    if not classes:
        raise InputError(f'{path}: empty; write one class name a line')
    if len(set(classes)) < len(classes):
        raise InputError(f'{path}: a class stands twice; keep one of them')
    if 'background' in classes:
        raise InputError(f"{path}: 'background' is no class but what shows "
                         'none of them; take it out, or rename it')
    if len(classes) >= IGNORE_INDEX:
        raise InputError(f'{path}: {len(classes)} classes, too many for an '
                         f'8-bit mask; keep at most {IGNORE_INDEX - 1}')
    return classes


def read_split(data_root: str | Path, image_set_path: str) -> list[str]:
    """Read the ids of a split, one a line, such as ``001`` or ``cats/001``.

    An id is the path of the picture in ``JPEGImages`` without its suffix. The
    list is relative to ``data_root`` or absolute.

    Raises:
        InputError: No such file, no id in it, or one that leaves the folder.
    """
    path = Path(data_root) / image_set_path
    if not path.is_file():
        raise InputError(f'{path}: no such split file; list the image ids of '
                         'the split there, one a line')
    lines = (line.strip() for line in read_text(path).split('\n'))
    ids = [line for line in lines if line]
    if not ids:
        raise InputError(f'{path}: empty split; list at least one image id')
    for image_id in ids:
        if image_id.startswith('/') or '..' in image_id.split('/'):
            raise InputError(f'{path}: {image_id!r} is not below JPEGImages; '
                             'list paths relative to that folder')
        if problem := name_problem(image_id):
            raise InputError(f'{path}: id {image_id[:40]!r} {problem}; mend '
                             'the list')
    return ids


def read_annotation(xml_path: str | Path) -> list[str]:
    """Read the names of the classes in an annotation of VOC.

    Objects marked as difficult count: they are in the picture. There is no
    name where the picture shows none of the classes, a negative.

    Raises:
        InputError: The file is missing, no XML, or has an object without a
            name.
    """
    if not Path(xml_path).exists():
        raise InputError(f'{xml_path}: no such annotation; write it or take '
                         'the id out of the split')
    root = read_xml(xml_path)
    if root.tag != 'annotation':
        raise InputError(f'{xml_path}: no annotation of VOC, it begins with '
                         f'<{root.tag}>; write <annotation>')
    names = {(node.findtext('name') or '').strip()
             for node in root.iterfind('object')}
    if '' in names:
        raise InputError(f'{xml_path}: an object without a name; write '
                         '<name>, or take the object out')
    return sorted(names)


def require_files(folder: str | Path, ids: list[str], suffix: str,
                  what: str) -> None:
    """Raise an InputError unless the folder holds a file for each id."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f'{folder}: no such folder of {what}s; set the '
                         'folder, or run the step that makes it')
    present = files_of(folder, ids, suffix)
    for image_id in ids:
        if image_id not in present:
            raise InputError(f'{folder / (image_id + suffix)}: no such '
                             f'{what}; add it or take its id out of the split')


def load_image(path: str | Path) -> np.ndarray:
    """Load an image of any kind, see :mod:`comnet.datasets.decoding`.

    Returns:
        RGB, upright, shape (H, W, 3), uint8.

    Raises:
        InputError: The file is missing, cut off or no image.
    """
    return as_rgb(open_upright(path, 'image'), path)


def load_mask(path: str | Path) -> np.ndarray:
    """Load a palette or greyscale mask.

    Returns:
        Label ids, upright, shape (H, W), uint8.

    Raises:
        InputError: The file is missing, cut off, or no such image.
    """
    image = open_upright(path, 'mask')
    if image.mode not in ('P', 'L'):
        raise InputError(f'{path}: mode {image.mode} is not of a mask; save '
                         'class ids as an 8-bit palette or greyscale PNG')
    return np.array(image)


def check_mask(path: str | Path, mask: np.ndarray, size: tuple[int, int],
               num_labels: int) -> None:
    """Raise an InputError unless a mask fits its image and the classes.

    Args:
        path: Its file, for the message.
        mask: Label ids, shape (H, W).
        size: Height and width of the image.
        num_labels: Number of classes, with background.
    """
    if mask.shape != tuple(size):
        raise InputError(
            f'{path}: {mask.shape[1]} x {mask.shape[0]} pixels, its image has '
            f'{size[1]} x {size[0]}; make the mask anew')
    labels = mask[mask != IGNORE_INDEX]
    if labels.size and labels.max() >= num_labels:
        raise InputError(
            f'{path}: label {labels.max()}, but there are {num_labels} '
            'classes with background; mend the mask or add the class to '
            'classes.txt')


def load_mask_of(picture: str | Path, path: str | Path,
                 num_labels: int) -> np.ndarray:
    """Load a mask that fits its picture and the classes.

    Of the picture only the header is read.

    Returns:
        Label ids, upright, shape (H, W), uint8.

    Raises:
        InputError: See :func:`load_mask` and :func:`check_mask`.
    """
    mask = load_mask(path)
    check_mask(path, mask, upright_size(picture), num_labels)
    return mask


def save_mask(path: str | Path, mask: np.ndarray) -> None:
    """Write a mask (H, W) as a PNG in VOC's colours, whole or not at all."""
    image = mask_image(mask)
    write_atomically(path, lambda file: image.save(file, format='PNG'))


def mask_image(mask: np.ndarray) -> Image.Image:
    """Return a mask (H, W) as an 8-bit palette image in VOC's colours."""
    image = Image.fromarray(np.asarray(mask, dtype=np.uint8))
    image.putpalette(np.asarray(voc_palette(256), dtype=np.uint8).tobytes())
    return image


def voc_palette(num: int) -> list[list[int]]:
    """Return the first ``num`` RGB colours of the VOC colour map.

    Bit b of a label is spread over bit 7 - b // 3 of red, green and blue.
    """
    labels = np.arange(num)[:, None, None]  # (num, 1, 1)
    channel = np.arange(3)[None, :, None]  # (1, 3, 1)
    place = np.arange(8)[None, None, :]  # (1, 1, 8)
    bits = (labels >> (3 * place + channel)) & 1  # (num, 3, 8)
    return (bits << (7 - place)).sum(axis=2).tolist()

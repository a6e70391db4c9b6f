# Copyright (c) COMNet contributors. All rights reserved.
"""Image-level labels in folders, see :mod:`comnet.datasets.image_labels`."""

import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from ..utils import InputError
from .label_files import LabelSource
from .picture_files import files_of, id_of_name, is_picture
from .voc_folder import IGNORE_INDEX, load_mask, read_annotation


def read_annotations(folder: Path, ids: Sequence[str],
                     classes: Sequence[str] | None) -> LabelSource:
    """Read the annotations of VOC, ``ID.xml``."""
    source = LabelSource(folder)
    source.places.update(
        (image_id, str(folder / f'{image_id}.xml')) for image_id in ids)
    for image_id, path in files_of(folder, ids, '.xml').items():
        try:
            source.add(image_id, read_annotation(path), str(path))
        except InputError as error:
            source.fail(image_id, str(error))
    return source


def read_class_folders(folder: Path, ids: Sequence[str],
                       classes: Sequence[str] | None) -> LabelSource:
    """Read one folder a class.

    A picture ``CLASS/NAME.jpg`` is of the image ``NAME`` and, where the
    pictures themselves lie so, of ``CLASS/NAME``. An image of several classes
    stands in several folders.
    """
    source, wanted = LabelSource(folder), set(ids)
    for class_dir in sorted(path for path in folder.iterdir()
                            if path.is_dir()):
        for path in sorted(class_dir.rglob('*')):
            if is_picture(path.name):
                names = [id_of_name(path.relative_to(base).as_posix())
                         for base in (class_dir, folder)]
                for name in wanted.intersection(names) or names[:1]:
                    source.add(name, [class_dir.name], str(path))
    return source


def read_masks(folder: Path, ids: Sequence[str],
               classes: Sequence[str] | None) -> LabelSource:
    """Read the classes that true masks show, ``ID.png``."""
    if classes is None:
        raise InputError(f'{folder}: masks hold no names of classes; give the '
                         'names in a file')
    warnings.warn(f'{folder}: THE LABELS ARE TAKEN FROM TRUE MASKS. What is '
                  'trained on them is fit for ablations only.', stacklevel=2)
    source = LabelSource(folder)
    for image_id, path in files_of(folder, ids, '.png').items():
        try:
            found = labels_in_mask(path, path.stat().st_mtime_ns)
            source.add(image_id, [
                classes[label - 1] if label <= len(classes)
                else f'label {label}' for label in found], str(path))
        except InputError as error:
            source.fail(image_id, str(error))
    return source


@cache  # one process asks several times
def labels_in_mask(path: Path, mtime: int) -> tuple[int, ...]:
    """Return the labels of a mask but for background and ignored pixels."""
    labels = np.unique(load_mask(path)).tolist()
    return tuple(label for label in labels if label not in (0, IGNORE_INDEX))

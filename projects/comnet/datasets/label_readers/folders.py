# Copyright (c) COMNet contributors. All rights reserved.
"""Folders of annotations, of masks, and a folder a class."""

import os
import warnings
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

import numpy as np

from ...utils import InputError, first_few
from ..picture_files import (
    files_of,
    id_of_name,
    is_picture,
    visible_files,
)
from ..picture_names import match_names
from ..voc_folder import IGNORE_INDEX, load_mask, read_annotation
from .headers import SPLITS
from .reading import Reading

SHOWN = 3
LISTS = ('.csv', '.tsv', '.json', '.jsonl', '.txt')  # that may be labels


def read_folder(folder: Path, ids: Sequence[str],
                classes: Sequence[str] | None) -> Reading:
    """Read a folder of labels.

    ``ID.xml`` are annotations; folders of pictures are the classes unless
    none of them is one of ``classes``; ``ID.png`` are masks.

    Raises:
        InputError: There are no labels in it.
    """
    names = list(visible_files(folder))
    annotations = {name[:-4]: name for name in names
                   if name.lower().endswith('.xml')}
    matched, problems = match_names(annotations, ids, folder)
    inner = {PurePosixPath(name).parts[0] for name in names
             if '/' in name and is_picture(name)}
    if matched or annotations and not inner:
        return _read_annotations(folder, {
            image_id: folder / annotations[name]
            for name, image_id in matched.items()}, problems, annotations, ids)
    if inner and (classes is None or inner & {*classes}
                  or {name.casefold() for name in inner} <= SPLITS):
        return _read_class_folders(folder, list(filter(is_picture, names)),
                                   ids)
    if any(name.lower().endswith('.png') for name in names):
        return read_masks(folder, ids, classes)
    lists = [name for name in names if name.lower().endswith(LISTS)]
    raise InputError(
        f'{folder}: no labels in it; it should hold ID.xml, a folder a class, '
        'or the masks ID.png' + (
            f', or give a file of labels such as {folder / lists[0]}'
            if lists else ''))


def _read_annotations(folder: Path, paths: dict[str, Path],
                      problems: list[str], names: Collection[str],
                      ids: Sequence[str]) -> Reading:
    """Read the annotations of VOC."""
    reading = Reading(folder, "VOC's annotations", problems=problems)
    reading.places.update(
        (image_id, str(folder / f'{image_id}.xml')) for image_id in ids)
    if not paths:  # of other pictures: their names tell it
        for name in names:
            reading.add(name, (), str(folder))
    for image_id, path in paths.items():
        try:
            reading.add(image_id, read_annotation(path), str(path))
        except InputError as error:
            reading.problems.append(str(error))
            reading.failed.add(image_id)
    return reading


def _read_class_folders(folder: Path, pictures: Sequence[str],
                        ids: Sequence[str]) -> Reading:
    """Read one folder a class.

    A picture ``CLASS/NAME.jpg`` is of the image ``NAME`` and, where the
    pictures themselves lie so, of ``CLASS/NAME``. An image of several classes
    stands in several folders. Folders of splits may lie above those of the
    classes.
    """
    wanted = set(ids)
    inner = [PurePosixPath(name) for name in pictures if '/' in name]
    depth = _depth(folder, inner)
    reading = Reading(folder, 'a folder a class')
    for path in inner:
        if len(path.parts) <= depth + 1:
            raise InputError(f'{folder / path}: lies in the folder of a '
                             'split, in that of no class; put it into one')
        names = [id_of_name(str(PurePosixPath(*path.parts[start:])))
                 for start in range(depth + 2)]
        names += [str(path.with_suffix(''))]
        for name in wanted.intersection(names) or names[depth + 1:depth + 2]:
            reading.add(name, [path.parts[depth]], str(folder / path))
    if depth:
        reading.kind = 'a folder a class in folders of splits'
        splits = sorted({path.parts[0] for path in inner})
        reading.notes.append(f'{folder}: {first_few(splits, SHOWN)} are taken '
                             'for splits, not classes')
    beside = [name for name in pictures if '/' not in name]
    if beside:
        reading.notes.append(f'{folder}: {len(beside)} pictures lie beside '
                             'the folders of the classes: '
                             + first_few(beside, SHOWN))
    return reading


def _depth(folder: Path, pictures: Sequence[PurePosixPath]) -> int:
    """Return how many folders lie above those of the classes, 0 or 1.

    Raises:
        InputError: It seems to be the folder above.
    """
    top = {path.parts[0] for path in pictures}
    if {name.casefold() for name in top} <= SPLITS:
        return 1
    parents = {str(path.parent) for path in pictures}
    if len(top) == 1 and len(parents) > 1:
        inner = folder / os.path.commonpath(parents)
        raise InputError(f'{folder}: one folder, in which there are others; '
                         f'give {inner} if these are the classes')
    return 0


def read_masks(folder: Path, ids: Sequence[str],
               classes: Sequence[str] | None) -> Reading:
    """Read the classes that true masks show, ``ID.png``."""
    if classes is None:
        raise InputError(f'{folder}: no folder a class and no annotations, '
                         'and masks hold no names of classes; give the names '
                         'in a file')
    warnings.warn(f'{folder}: THE LABELS ARE TAKEN FROM TRUE MASKS. What is '
                  'trained on them is fit for ablations only.', stacklevel=2)
    reading = Reading(folder, 'true masks')
    for image_id, path in files_of(folder, ids, '.png').items():
        try:
            found = labels_in_mask(path, path.stat().st_mtime_ns)
            reading.add(image_id, [
                classes[label - 1] if label <= len(classes)
                else f'label {label}' for label in found], str(path))
        except InputError as error:
            reading.problems.append(str(error))
            reading.failed.add(image_id)
    return reading


@cache  # one process asks several times
def labels_in_mask(path: Path, mtime: int) -> tuple[int, ...]:
    """Return the labels of a mask but for background and ignored pixels."""
    labels = np.unique(load_mask(path)).tolist()
    return tuple(label for label in labels if label not in (0, IGNORE_INDEX))

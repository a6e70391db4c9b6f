# Copyright (c) COMNet contributors. All rights reserved.
"""Image-level labels, wherever they stand.

A source is told by what it is, not by an option:

=======================  ======================================================
``labels``               what it is
=======================  ======================================================
folder with ``.xml``     an annotation of VOC an image, ``ID.xml``
folder with ``.png``     true masks, ``ID.png``: for ablations alone
folder of folders that   one folder a class, which holds its pictures
are named after classes
``.csv``, ``.tsv``       ``image, class, class, …`` a line; an image may have
                         several lines, the first line may be a header
``.json``                ``{image: [classes]}`` or a list of ``{"image": …,
                         "classes": […]}``
``.npy``                 ``cls_labels.npy`` of other projects, a pickled dict
                         of a vector an image; no code of it is run
=======================  ======================================================

An image is named by its id or file name, relative to ``JPEGImages``.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..utils import InputError
from .label_files import LabelSource, read_csv, read_json, read_npy
from .label_folders import read_annotations, read_class_folders, read_masks

ANNOTATIONS = 'Annotations'
Reader = Callable[[Path, Sequence[str], Sequence[str] | None], LabelSource]
READERS: dict[str, Reader] = {
    '.csv': read_csv, '.tsv': read_csv, '.json': read_json,
    '.npy': read_npy}
FOLDER_READERS: dict[str, Reader] = {
    '.xml': read_annotations, '.png': read_masks}


def read_labels(data_root: str | Path,
                ids: Sequence[str],
                classes: Sequence[str],
                labels: str | Path = ANNOTATIONS) -> list[list[int]]:
    """Read the labels of images.

    Args:
        data_root: Folder in VOC layout.
        ids: Image ids.
        classes: Names of the classes, in the order of their indices.
        labels: The source, relative to ``data_root`` or absolute.

    Returns:
        For each id the sorted indices of its classes, from 0.

    Raises:
        InputError: The source is missing or no good, an image has no label,
            or there are classes that are not in ``classes``.
    """
    path = Path(data_root) / labels
    source = read_source(path, ids, classes)
    for problem in (*source.problems, *unlabelled(source, ids),
                    *unknown_classes(source, ids, classes)):
        raise InputError(problem)
    index = {name: number for number, name in enumerate(classes)}
    return [sorted({index[name] for name in source.classes[image_id]})
            for image_id in ids]


def read_source(path: Path, ids: Sequence[str],
                classes: Sequence[str] | None = None) -> LabelSource:
    """Read what a file or folder says, problems included.

    A file may name other images than ``ids``, too.

    Raises:
        InputError: There is no such source, or it is not of a known kind.
    """
    if path.is_dir():
        return _folder_reader(path, classes)(path, ids, classes)
    if not path.exists():
        raise InputError(f'{path}: no such labels; set labels to a folder of '
                         'annotations, a .csv, a .json, …')
    if path.suffix.lower() not in READERS:
        raise InputError(f'{path}: labels of an unknown kind; give one of '
                         f'{", ".join(READERS)} or a folder')
    return READERS[path.suffix.lower()](path, ids, classes)


def unlabelled(source: LabelSource, ids: Iterable[str]) -> list[str]:
    """Return a line for each image without a label."""
    return [f'{source.place(image_id)}: no label of image {image_id!r}; an '
            'image needs at least one, or take its id out of the split'
            for image_id in dict.fromkeys(ids)
            if not source.classes.get(image_id)
            and image_id not in source.failed]


def unknown_classes(source: LabelSource, ids: Iterable[str],
                    classes: Sequence[str]) -> list[str]:
    """Return one line with all classes that are not known, if any."""
    first: dict[str, str] = {}
    known = set(classes)
    for image_id in ids:
        for name in source.classes.get(image_id, ()):
            if name not in known:
                first.setdefault(name, source.place(image_id))
    if not first:
        return []
    names = ', '.join(map(repr, sorted(first)))
    what = (f'class {names} is' if len(first) == 1 else f'classes {names} are')
    return [f'{next(iter(first.values()))}: {what} not in the list of '
            'classes; mend the names or add them to classes.txt']


def _folder_reader(path: Path, classes: Sequence[str] | None) -> Reader:
    """Return the reader of a folder, by the first file that tells its kind."""
    folders = []
    for entry in path.iterdir():
        if entry.suffix.lower() in FOLDER_READERS:
            return FOLDER_READERS[entry.suffix.lower()]
        if entry.is_dir():
            folders.append(entry)
    deeper = next((file.suffix.lower() for folder in folders
                   for file in folder.rglob('*.*')), '')
    named = classes is None or {folder.name for folder in folders} & {*classes}
    if deeper not in ('', '.xml') and named:
        return read_class_folders
    if deeper in FOLDER_READERS:  # of ids with folders
        return FOLDER_READERS[deeper]
    raise InputError(f'{path}: no labels in it; it should hold ID.xml, a '
                     'folder a class, or the masks ID.png')

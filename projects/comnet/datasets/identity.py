# Copyright (c) COMNet contributors. All rights reserved.
"""Identity of the data that something is made of, by content."""

from pathlib import Path

from ..utils.record import Record, digest, file_identity
from .voc_folder import read_classes, read_image_labels, read_split


def images_identity(data_root: str | Path, image_list: str,
                    labels: bool = True) -> str:
    """Return the identity of the images of a split.

    It depends on the classes, on each image's id and labels and on the size
    of its file; not on where the folder lies or what the list is called.

    Args:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        labels: Whether the image-level labels count.

    Raises:
        InputError: A file is missing or no good.
    """
    root = Path(data_root)
    classes = read_classes(root)
    images = []
    for image_id in read_split(root, image_list):
        size = _size(root / 'JPEGImages' / f'{image_id}.jpg')
        found = read_image_labels(
            root / 'Annotations' / f'{image_id}.xml',
            classes) if labels else None
        images.append([image_id, size, found])
    return digest([classes, images])


def folder_identity(folder: str | Path, ids: list[str], suffix: str) -> str:
    """Return the identity of a folder of files, ID and suffix each.

    That of its record where it has one, else of the files' content.

    Raises:
        InputError: A file is missing.
    """
    record = Record.read(folder)
    if record is not None:
        return record.identity
    return digest([
        [image_id, file_identity(Path(folder) / (image_id + suffix))]
        for image_id in ids])


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None

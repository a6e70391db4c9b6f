# Copyright (c) COMNet contributors. All rights reserved.
"""Identity of the data that something is made of, by content."""

from pathlib import Path

from ..utils.record import Record, digest, file_identity
from .image_labels import read_labels
from .picture_files import IMAGE_DIR, pictures_of
from .voc_folder import read_classes, read_split


def images_identity(data_root: str | Path, image_list: str,
                    labels: str | None = None) -> str:
    """Return the identity of the images of a split.

    It depends on the classes, on each image's id and labels (unless None) and
    on the size of its file; not on where the folder lies or what the list is
    called.

    Raises:
        InputError: A file is missing or no good.
    """
    root = Path(data_root)
    classes = read_classes(root)
    ids = read_split(root, image_list)
    found = ([None] * len(ids) if labels is None
             else read_labels(root, ids, classes, labels))
    pictures = pictures_of(root / IMAGE_DIR, ids)
    return digest([classes, [
        [image_id, _size(pictures[image_id]), indices]
        for image_id, indices in zip(ids, found, strict=True)]])


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


def _size(paths: list[Path]) -> int | None:
    return paths[0].stat().st_size if paths and paths[0].is_file() else None

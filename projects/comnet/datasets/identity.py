# Copyright (c) COMNet contributors. All rights reserved.
"""Identity of the data that something is made of, by content."""

from pathlib import Path

from ..utils.identity_parts import with_parts
from ..utils.record import Record, digest, file_identity
from .image_labels import read_labels
from .picture_files import IMAGE_DIR, pictures_of
from .voc_folder import read_classes, read_split

PART_DIGITS = 16  # they are shown as words, nothing depends on them


def images_identity(data_root: str | Path, image_list: str,
                    labels: str | None = None) -> str:
    """Return the identity of the images of a split.

    It depends on the classes, on each image's id and labels (unless None) and
    on the size of its file; not on where the folder lies or what the list is
    called. Its parts tell which of these have changed.

    Raises:
        InputError: A file is missing or no good.
    """
    root = Path(data_root)
    classes = read_classes(root)
    ids = read_split(root, image_list)
    found = ([None] * len(ids) if labels is None
             else read_labels(root, ids, classes, labels))
    pictures = pictures_of(root / IMAGE_DIR, ids)
    sizes = [_size(pictures[image_id]) for image_id in ids]
    parts = dict(classes=classes, list=ids, files=sizes, labels=found)
    return with_parts(
        digest([classes, [list(each) for each in zip(
            ids, sizes, found, strict=True)]]),
        **{name: digest(part)[:PART_DIGITS] for name, part in parts.items()})


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

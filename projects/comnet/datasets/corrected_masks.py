# Copyright (c) COMNet contributors. All rights reserved.
"""Masks that somebody has drawn, which take the place of made ones."""

from collections.abc import Sequence
from pathlib import Path

from ..utils import InputError
from ..utils.record import digest, file_identity
from .picture_files import IMAGE_DIR, files_of, find_pictures
from .voc_folder import load_mask_of, read_classes, read_split


def corrected_masks(data_root: str | Path, corrected_dir: str | Path | None,
                    ids: Sequence[str]) -> dict[str, Path]:
    """Return the corrected mask of each image that has one.

    Args:
        data_root: Folder in VOC layout.
        corrected_dir: Folder of ``ID.png``, relative to ``data_root`` or
            absolute; None for none.
        ids: Image ids.

    Raises:
        InputError: There is no such folder, or no mask of these images.
    """
    if corrected_dir is None:
        return {}
    folder = Path(data_root) / corrected_dir
    if not folder.is_dir():
        raise InputError(f'{folder}: no such folder of corrected masks; set '
                         'corrected_dir to one in data_root or to an absolute '
                         'path, or leave it out')
    found = files_of(folder, ids, '.png')
    if not found:
        raise InputError(f'{folder}: no corrected mask of the {len(ids)} '
                         'images; write ID.png, or leave corrected_dir out')
    return found


def corrected_identity(data_root: str | Path,
                       corrected_dir: str | Path | None,
                       ids: Sequence[str]) -> dict[str, str]:
    """Return the identity of corrected masks, by content; none where none is.

    The arguments and errors are those of :func:`corrected_masks`.
    """
    found = corrected_masks(data_root, corrected_dir, ids)
    return {} if not found else dict(corrected=digest(
        [[image_id, file_identity(path)] for image_id, path in found.items()]))


def check_corrected(data_root: str | Path, corrected_dir: str | Path | None,
                    image_list: str) -> None:
    """Look at all corrected masks, before anything is made with them.

    Raises:
        InputError: See :func:`corrected_masks` and :func:`.load_mask_of`.
    """
    if corrected_dir is None:
        return
    found = corrected_masks(
        data_root, corrected_dir, read_split(data_root, image_list))
    pictures = find_pictures(Path(data_root) / IMAGE_DIR, list(found))
    number = len(read_classes(data_root))
    for image_id, path in found.items():
        load_mask_of(pictures[image_id], path, number + 1)

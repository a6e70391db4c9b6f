# Copyright (c) COMNet contributors. All rights reserved.
"""A check of all masks of a folder before much time is spent on them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..utils import InputError, first_few
from ..utils.parallel import default_workers
from .decoding import upright_size
from .picture_files import IMAGE_DIR, find_pictures
from .voc_folder import (
    IGNORE_INDEX,
    check_mask,
    load_mask,
    read_classes,
    read_split,
)

NUM_NAMED = 10


def check_masks(data_root: str | Path, image_list: str,
                mask_dir: str | Path) -> None:
    """Check the masks that a network is to be trained on.

    A training would come upon one that is no good after hours. The folder of
    masks is relative to ``data_root`` or absolute.

    Raises:
        InputError: A picture is missing; or masks are missing, unreadable, of
            another size than their image or with a label that is no class,
            of which the first ten are told, and how many there are.
    """
    root, folder = Path(data_root), Path(data_root) / mask_dir
    if not folder.is_dir():
        raise InputError(f'{folder}: no such folder of masks; set '
                         'mask_dir, or run the step that makes it')
    pictures = find_pictures(root / IMAGE_DIR, read_split(root, image_list))
    faults = mask_faults(folder, pictures, len(read_classes(root)) + 1)
    if faults:
        raise InputError(
            f'{folder}: {len(faults)} of {len(pictures)} masks are no good '
            f'({first_few(faults, NUM_NAMED)}); make them anew, or take their '
            f'ids out of {image_list}')


def mask_faults(mask_dir: str | Path,
                pictures: Mapping[str, Path],
                num_labels: int,
                ignored: bool = True) -> list[str]:
    """Return what is wrong with masks, ``ID: FAULT`` each, without advice.

    Of the pictures only the headers are read. ``num_labels`` counts the
    background; unless ``ignored`` no mask may hold 255.
    """
    def fault(image_id: str) -> str | None:
        path = Path(mask_dir) / f'{image_id}.png'
        try:
            mask = load_mask(path)
            check_mask(path, mask, upright_size(pictures[image_id]),
                       num_labels)
        except InputError as error:
            return str(error).removeprefix(f'{path}: ').split(';')[0]
        if not ignored and (mask == IGNORE_INDEX).any():
            return f'label {IGNORE_INDEX} is no class'
        return None

    with ThreadPoolExecutor(default_workers()) as pool:
        found = pool.map(fault, pictures)
        return [f'{image_id}: {text}' for image_id, text in zip(
            pictures, found, strict=True) if text is not None]

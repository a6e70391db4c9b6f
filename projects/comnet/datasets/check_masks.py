# Copyright (c) COMNet contributors. All rights reserved.
"""A check of all masks of a folder before much time is spent on them."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

from mmengine.logging import print_log

from ..utils import InputError, first_few
from ..utils.parallel import default_workers
from .corrected_masks import corrected_masks
from .picture_files import IMAGE_DIR, find_pictures
from .voc_folder import (
    IGNORE_INDEX,
    load_mask_of,
    read_classes,
    read_split,
)

NUM_NAMED = 10


def check_masks(data_root: str | Path, image_list: str,
                mask_dir: str | Path,
                corrected_dir: str | Path | None = None) -> None:
    """Check the masks that a network is to be trained on.

    A training would come upon one that is no good after hours. The folders of
    masks, and of those that take their place, are relative to ``data_root``
    or absolute.

    Raises:
        InputError: A picture is missing; or masks are missing, unreadable, of
            another size than their image or with a label that is no class,
            of which the first ten are told, and how many there are; or none
            of them shows a class.
    """
    root, folder = Path(data_root), Path(data_root) / mask_dir
    if not folder.is_dir():
        raise InputError(f'{folder}: no such folder of masks; set '
                         'mask_dir, or run the step that makes it')
    pictures = find_pictures(root / IMAGE_DIR, read_split(root, image_list))
    faults, number = look_at_masks(
        folder, pictures, len(read_classes(root)) + 1,
        others=corrected_masks(root, corrected_dir, list(pictures)))
    if faults:
        raise InputError(
            f'{folder}: {len(faults)} of {len(pictures)} masks are no good '
            f'({first_few(faults, NUM_NAMED)}); make them anew, or take their '
            f'ids out of {image_list}')
    if not number:
        raise InputError(
            f'{folder}: none of its {len(pictures)} masks shows a class, '
            'there is nothing to learn from; make them anew with a lower '
            'fg_threshold or bg_threshold, or better CAMs')
    if number < len(pictures):
        print_log(f'{folder}: {len(pictures) - number} of {len(pictures)} '
                  'masks show no class', 'current')


def look_at_masks(mask_dir: str | Path,
                  pictures: Mapping[str, Path],
                  num_labels: int,
                  ignored: bool = True,
                  others: Mapping[str, Path] = MappingProxyType({})
                  ) -> tuple[list[str], int]:
    """Look for what is wrong with masks, and for what they show.

    Of the pictures only the headers are read. ``num_labels`` counts the
    background; unless ``ignored`` no mask may hold 255. ``others`` are masks
    that take the place of those in the folder.

    Returns:
        What is wrong, ``ID: FAULT`` each, without advice; and the number of
        masks in which there is a class.
    """
    def look(image_id: str) -> tuple[str | None, bool]:
        path = others.get(image_id, Path(mask_dir) / f'{image_id}.png')
        try:
            mask = load_mask_of(pictures[image_id], path, num_labels)
        except InputError as error:
            text = str(error).split(';')[0]
            if image_id not in others:  # whose folder is named
                text = text.removeprefix(f'{path}: ')
            return text, False
        if not ignored and (mask == IGNORE_INDEX).any():
            return f'label {IGNORE_INDEX} is no class', False
        return None, bool(((mask > 0) & (mask != IGNORE_INDEX)).any())

    with ThreadPoolExecutor(default_workers()) as pool:
        found = [*pool.map(look, pictures)]
    faults = [f'{image_id}: {text}' for image_id, (text, _) in zip(
        pictures, found, strict=True) if text is not None]
    return faults, sum(shows for _, shows in found)

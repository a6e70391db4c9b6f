# Copyright (c) COMNet contributors. All rights reserved.
"""A submission to the evaluation server of PASCAL VOC 2012."""

import gzip
import io
import tarfile
from pathlib import Path
from typing import BinaryIO

from ..datasets.check_masks import NUM_NAMED, look_at_masks
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import (
    load_mask,
    mask_image,
    read_classes,
    read_split,
)
from ..utils import InputError, first_few
from ..utils.atomic_file import write_atomically
from ..utils.record import Record

# class segmentation, trained on any data: weights of ImageNet are such
FOLDER = 'results/VOC2012/Segmentation/comp6_test_cls'


def pack_submission(data_root: str | Path,
                    image_list: str,
                    mask_dir: str | Path,
                    out: str | Path) -> int:
    """Pack the masks of a list, all of them checked before.

    True masks are not needed. Masks in grey get VOC's colours.

    Args:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``, such as
            ``ImageSets/Segmentation/test.txt``.
        mask_dir: Folder of the masks, ``ID.png``, that :func:`test` wrote.
        out: The ``.tgz`` to write.

    Returns:
        Number of masks.

    Raises:
        InputError: A file is missing; the test was cut off; or masks are
            missing, of another size than their image, or hold something else
            than classes.
    """
    folder = Path(mask_dir).resolve()  # 'masks' beside a test's record
    record = Record.read(folder.parent) if folder.name == 'masks' else None
    if record is not None and not record.finished:
        raise InputError(f'{mask_dir}: its test was cut off, so that masks of '
                         'another one may be there; run tools/test.py again')
    ids = list(dict.fromkeys(read_split(data_root, image_list)))
    pictures = find_pictures(Path(data_root) / IMAGE_DIR, ids)
    masks = {image_id: Path(mask_dir) / f'{image_id}.png' for image_id in ids}
    problems, _ = look_at_masks(
        mask_dir, pictures, len(read_classes(data_root)) + 1, ignored=False)
    if problems:
        raise InputError(
            f'{mask_dir}: {len(problems)} of {len(ids)} masks cannot be '
            f'packed ({first_few(problems, NUM_NAMED)}); write them with '
            'tools/test.py')
    write_atomically(out, lambda file: _pack(file, masks))
    return len(ids)


def _pack(file: BinaryIO, masks: dict[str, Path]) -> None:
    """Write a .tgz that depends on the masks alone, not on the time."""
    with (gzip.GzipFile('', 'wb', fileobj=file, mtime=0) as zipped,
          tarfile.open(fileobj=zipped, mode='w') as archive):
        for image_id, path in masks.items():
            content = io.BytesIO()
            mask_image(load_mask(path)).save(content, format='PNG')
            member = tarfile.TarInfo(f'{FOLDER}/{image_id}.png')
            member.size = content.tell()
            content.seek(0)
            archive.addfile(member, content)

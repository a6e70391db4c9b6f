# Copyright (c) COMNet contributors. All rights reserved.
"""Files of the formats: pictures as programs show them, JSON."""

import json
from pathlib import Path
from typing import Any

from PIL import Image

from ...datasets.decoding import open_upright
from ...datasets.label_readers.json_text import parse_json
from ...datasets.picture_files import visible_files
from ...utils import InputError
from ...utils.atomic_file import write_atomically, write_bytes
from ...utils.text_file import read_text
from ..source import copy_file
from .shapes import Item

ORIENTATION = 0x0112  # of EXIF
JPEG = dict(quality=95, subsampling=0)


def place_picture(item: Item, folder: Path) -> None:
    """Copy a picture; one that notes a rotation is written upright.

    Programs do not agree on whether they carry it out.
    """
    target = folder / item.file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(item.picture) as image:
        kind, turned = image.format, image.getexif().get(ORIENTATION, 1) != 1
    if not turned:
        copy_file(item.picture, target)
        return
    upright = open_upright(item.picture, 'image')
    options: dict[str, Any] = JPEG if kind == 'JPEG' else {}
    write_atomically(target, lambda file: upright.save(
        file, format=kind, exif=b'', **options))


def write_json(path: Path, content: Any) -> None:
    """Write JSON, whole or not at all."""
    write_bytes(path, json.dumps(content, ensure_ascii=False).encode())


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises:
        InputError: It is none.
    """
    content = parse_json(path, read_text(path))
    if not isinstance(content, dict):
        raise InputError(f'{path}: no object of JSON; export it again')
    return content


def find_files(source: Path, suffix: str) -> list[Path]:
    """Return a file, or all files of a suffix in a folder, sorted.

    Raises:
        InputError: There is none.
    """
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise InputError(f'{source}: no such file or folder; name what was '
                         'exported')
    found = [source / name for name in visible_files(source)
             if name.lower().endswith(suffix)]
    if not found:
        raise InputError(f'{source}: no {suffix} in it; name what was '
                         'exported, and its --format')
    return found


def single_file(source: Path, suffix: str) -> Path:
    """Return a file, or the only one of a suffix in a folder.

    Raises:
        InputError: There is none, or there are several.
    """
    first, *others = find_files(source, suffix)
    if others:
        raise InputError(f'{source}: {first.relative_to(source)} and '
                         f'{others[0].relative_to(source)} could both be '
                         'meant; name one of them')
    return first

# Copyright (c) COMNet contributors. All rights reserved.
"""Folders whose files were all made with the same settings."""

import json
from pathlib import Path

from .atomic_file import write_atomically
from .errors import InputError

FILE_NAME = '.settings.json'


def claim_folder(folder: str | Path, settings: dict) -> None:
    """Note what the files of a folder are made of, or see that it is the same.

    A tool that skips finished files would otherwise leave those of other
    settings among its own.

    Args:
        folder: Folder of the files; it is made.
        settings: Plain values.

    Raises:
        InputError: Files with other settings are in the folder.
    """
    path = Path(folder) / FILE_NAME
    text = json.dumps(settings, sort_keys=True, default=str)
    if not path.is_file():
        write_atomically(path, lambda file: file.write(text.encode()))
        return
    before, now = json.loads(path.read_text()), json.loads(text)
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            raise InputError(
                f'{folder}: made with {key} = {before.get(key)}, now it is '
                f'{now.get(key)}; delete the folder or name another one')

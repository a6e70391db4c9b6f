# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

from ..utils.atomic_file import write_bytes

NAME = 'whole'  #: in ``backend_args``


@register_backend(NAME, force=True)
class WholeFileBackend(LocalBackend):
    """Local files that are written whole or not at all.

    Each is on the disk under its name before the call returns.
    """

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write a file, and make its folder."""
        write_bytes(filepath, obj, durable=True)

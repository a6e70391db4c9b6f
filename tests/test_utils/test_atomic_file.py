# Copyright (c) COMNet contributors. All rights reserved.
"""Files are there as a whole or not at all."""

import os
import platform
import subprocess
from pathlib import Path

import pytest

from comnet.utils.atomic_file import remove_partial_files, write_atomically


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / 'new/a.bin'
    write_atomically(path, lambda file: file.write(b'old'))

    def fail(file) -> None:
        file.write(b'ne')
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, fail)
    assert path.read_bytes() == b'old'
    assert [entry.name for entry in path.parent.iterdir()] == ['a.bin']


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """Process numbers come again on other machines that write there."""
    ended = subprocess.Popen(['true'])
    ended.wait()
    host = platform.node()
    kept = {'a.png', '.a.png', '.hidden', f'b.png.{host}.{ended.pid}',
            f'.c.png.{host}.{os.getpid()}', f'.c.png.other.{ended.pid}'}
    old = f'.c.png.other.{os.getpid()}'
    for name in kept | {old, f'.a.png.{host}.{ended.pid}',
                        f'.2007_032.npz.{host}.{ended.pid}'}:
        (tmp_path / name).touch()
    os.utime(tmp_path / old, (0, 0))
    remove_partial_files(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == kept
    remove_partial_files(tmp_path / 'nowhere')

# Copyright (c) COMNet contributors. All rights reserved.
"""Files are there as a whole or not at all."""

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
    kept = {'a.png', '.a.png', '.hidden', 'b.png.123'}
    for name in kept | {'.a.png.4711', '.2007_000032.npz.1'}:
        (tmp_path / name).touch()
    remove_partial_files(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == kept
    remove_partial_files(tmp_path / 'nowhere')

# Copyright (c) COMNet contributors. All rights reserved.
"""Files are the same, byte by byte, with any number of processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import every_step
from helpers.tiny import METHOD, ROOT, TRAIN_IDS

KINDS = dict(directions=1, cams=11, labels=11, masks=11)  # and their numbers


@pytest.fixture(scope='module')
def places(whole_way: Path, tiny_configs: Path, demo_root: Path,
           tmp_path_factory: pytest.TempPathFactory) -> list:
    """Return what files are made of.

    Of 11 images: neither two nor three processes can share them evenly, and
    a sampler repeats one.
    """
    names = tmp_path_factory.mktemp('list') / 'eleven.txt'
    names.write_text('\n'.join(TRAIN_IDS[:11]))
    made = whole_way / METHOD
    return [tiny_configs, made / 'classifier', made / 'irnet', demo_root,
            str(names)]


@pytest.fixture(scope='module')
def of_one(places: list, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what one process has made."""
    folder = tmp_path_factory.mktemp('one')
    every_step.make_files(*places, folder, 'none')
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, without records and logs."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for kind in KINDS for path in (folder / kind).glob('*.[np][pn]*')}


@pytest.mark.parametrize('processes', [2, 3])
def test_files_are_those_of_one_process(
        places: list, of_one: Path, tmp_path: Path, processes: int) -> None:
    subprocess.run([
        sys.executable, '-m', 'torch.distributed.run', '--standalone',
        f'--nproc_per_node={processes}', every_step.__file__,
        *map(str, places), str(tmp_path)], check=True, timeout=550,
        env={**os.environ, 'PYTHONPATH': f'{ROOT}/projects'})
    one, many = contents(of_one), contents(tmp_path)
    for kind, number in KINDS.items():
        assert sum(name.startswith(kind) for name in one) == number
    assert {name for name in {*one, *many}
            if one.get(name) != many.get(name)} == set()

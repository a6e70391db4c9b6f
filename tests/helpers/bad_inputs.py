# Copyright (c) COMNet contributors. All rights reserved.
"""Commands with bad input, a row each, and how they have to end.

A row's command has W for the folder of everything, which is the row's own:
it may break what it wants.
"""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS

from comnet.datasets.cam_file import CAMFile

from . import tiny
from .tool_runner import run_tool

DATA = 'data_root = "W/data"\n'
Harm = Callable[[Path], object]


@dataclass(frozen=True)
class Bad:
    """A command that has to end with one line and status 2.

    Attributes:
        command: Tool and arguments, separated by blanks.
        names: What the line has, in any order, W for the folder.
        harm: Breaks what is in the folder, before.
    """
    command: str
    names: tuple[str, ...]
    harm: Harm | None = None


def bad(command: str, *names: str, harm: Harm | None = None) -> Bad:
    """Return a row."""
    return Bad(command, names, harm)


# ---- how to harm


def write(name: str, content: bytes | str) -> Harm:
    """Return what writes a file of the folder, in place of what is there."""

    def harm(folder: Path) -> None:
        path = folder / name
        remove(name)(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes)
                         else content.replace('W/', f'{folder}/').encode())

    return harm


def remove(name: str) -> Harm:
    """Return what removes a file or folder, if it is there."""

    def harm(folder: Path) -> None:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    return harm


def pipe(name: str) -> Harm:
    """Return what makes a pipe, which blocks whoever opens it."""

    def harm(folder: Path) -> None:
        remove(name)(folder)
        os.mkfifo(folder / name)

    return harm


def directory(name: str) -> Harm:
    """Return what makes a folder in place of a file."""

    def harm(folder: Path) -> None:
        remove(name)(folder)
        (folder / name).mkdir(parents=True)

    return harm


def cut(name: str, share: float = 0.5) -> Harm:
    """Return what cuts a file off."""

    def harm(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[:int(len(data) * share)])

    return harm


def append(name: str, content: bytes) -> Harm:
    """Return what adds to a file."""

    def harm(folder: Path) -> None:
        with open(folder / name, 'ab') as file:
            file.write(content)

    return harm


def array(name: str, **content: object) -> Harm:
    """Return what writes an .npz."""
    return lambda folder: np.savez(folder / name, **content)  # type: ignore


def torch_file(name: str, content: object) -> Harm:
    """Return what writes a file of PyTorch."""
    return lambda folder: torch.save(content, folder / name)


def all_of(*harms: Harm) -> Harm:
    """Return what does all of these."""

    def harm(folder: Path) -> None:
        for each in harms:
            each(folder)

    return harm


# a file of any kind that is none: what is wrong with it, and how it gets so
BROKEN: dict[str, Callable[[str], Harm]] = {
    'pipe': pipe,
    'folder': directory,
    'empty': lambda name: write(name, b''),
    'cut off': cut,
    'something else': lambda name: write(name, b'\x89HDF\r\n\x1a\n\0\0\xff'),
    'zeros': lambda name: write(name, bytes(4096)),
    'missing': remove}


# ---- what they stand in


def make_workshop(folder: Path, data_root: Path) -> Path:
    """Make the folder that each row gets a copy of."""
    shutil.copytree(data_root, folder / 'data')
    ids = tiny.TRAIN_IDS
    (folder / 'labels.csv').write_text(
        'image,class\n' + ''.join(f'{one},cat\n' for one in ids[:6])
        + ''.join(f'{one},dog\n' for one in ids[6:]))
    (folder / 'labels.json').write_text(json.dumps(
        dict.fromkeys(ids, ['cat'])))
    with open(folder / 'labels.npy', 'wb') as file:
        np.save(file, {one: np.ones(2, np.float32) for one in ids},
                allow_pickle=True)
    (folder / 'two.txt').write_text('cat\ndog\n')
    (folder / 'pickle').write_bytes(pickle.dumps({'a': 1}))
    cam = np.linspace(0, 1, 18 * 24, dtype=np.float32).reshape(1, 18, 24)
    for one in ids:
        CAMFile(np.array([0]), cam, (72, 96)).save(
            folder / f'cams/{one}.npz')
    shutil.copytree(data_root / 'SegmentationClass', folder / 'masks')
    tiny.write_configs(folder / 'configs', Path('W/data'))
    for name in ('classifier', 'irnet', 'segmentor'):
        path = folder / f'configs/{name}.py'
        path.write_text(path.read_text() + DATA)
        _write_checkpoint(path, folder / f'{name}.pth', data_root)
    return folder


def _write_checkpoint(config: Path, path: Path, data_root: Path) -> None:
    """Write a checkpoint of random weights."""
    cfg = Config.fromfile(config)
    cfg.model.backbone.init_cfg = None
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope(
            str(cfg.get('default_scope', 'mmseg'))):
        model = MODELS.build(cfg.model)
    torch.save(dict(state_dict=model.state_dict(), meta=dict(
        dataset_meta=dict(classes=(data_root / 'classes.txt').read_text()
                          .split()))), path)


def copy_workshop(workshop: Path, folder: Path) -> Path:
    """Copy the folder, whose configs name it."""
    shutil.copytree(workshop, folder)
    for path in (folder / 'configs').glob('*.py'):
        path.write_text(path.read_text().replace('W/', f'{folder}/'))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Return all regular files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob('*')
            if path.is_file() and not path.is_symlink()}


def check_row(row: Bad, folder: Path) -> None:
    """Run a row's command and look at how it ended.

    One line that names what is wrong and, behind a semicolon, what to do;
    and all files are as they were.
    """
    if row.harm:
        row.harm(folder)
    before = contents(folder)
    tool, *arguments = (part.replace('W/', f'{folder}/')
                        for part in row.command.split())
    run = run_tool(tool, *arguments)
    lines = run.err.strip().splitlines()
    assert run.code == 2, run.err or run.out
    assert 'Traceback' not in run.err
    assert len([line for line in lines if 'Warning' not in line]) == 1, run.err
    for name in row.names:
        assert name.replace('W/', f'{folder}/') in lines[-1]
    assert lines[-1].startswith('error: ')
    assert '; ' in lines[-1]
    after = contents(folder)
    assert {name: after.get(name) for name in before} == before

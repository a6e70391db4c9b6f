# Copyright (c) COMNet contributors. All rights reserved.
"""Maps of other code, and files that would run code."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from comnet.datasets.foreign_cams import read_foreign_cam
from comnet.utils import InputError

CLASSES = ('fish', 'house', 'kite')
MAPS = np.random.default_rng(0).random((2, 6, 8), dtype=np.float32)


def save(folder: Path, content: object) -> None:
    np.save(folder / 'a.npy', content, allow_pickle=True)


def write_irn(folder: Path) -> None:
    """As IRN's make_cam.py: tensors and arrays in a pickled dict."""
    save(folder, dict(keys=torch.tensor([0, 2]),
                      cam=torch.from_numpy(MAPS[:, ::4, ::4].copy()),
                      high_res=MAPS))


def write_clip_es(folder: Path) -> None:
    save(folder, dict(keys=np.array([0, 2]), attn_highres=MAPS))


def write_dict(folder: Path) -> None:
    save(folder, {0: MAPS[0], 2: MAPS[1]})


def write_npz(folder: Path) -> None:
    np.savez(folder / 'a.npz', keys=[0, 2], high_res=MAPS)


def write_named_npz(folder: Path) -> None:
    np.savez(folder / 'a.npz', fish=MAPS[0], kite=MAPS[1])


def write_pngs(folder: Path) -> None:
    (folder / 'a').mkdir()
    for name, values in zip(('fish', 'kite'), MAPS, strict=True):
        Image.fromarray(np.uint8(values * 255)).save(
            folder / f'a/{name}.png')


@pytest.mark.parametrize('write, scale', [
    (write_irn, 1), (write_clip_es, 1), (write_dict, 1), (write_npz, 1),
    (write_named_npz, 1), (write_pngs, 255)])
def test_every_kind_of_file(tmp_path: Path, write, scale: int) -> None:
    write(tmp_path)
    maps = read_foreign_cam(tmp_path, 'a', CLASSES)
    assert sorted(maps) == [0, 2]
    np.testing.assert_allclose(maps[0] / scale, MAPS[0], atol=1 / scale)
    np.testing.assert_allclose(maps[2] / scale, MAPS[1], atol=1 / scale)


class Command:
    """Runs a command when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return os.system, (f'touch {self.trace}', )


class Chain:
    """Looks for eval among what an allowed object reaches."""

    def __reduce__(self) -> tuple:
        return getattr, (np.ndarray, '__init__')


class Pointer:
    """Asks for an array of objects whose addresses the file holds."""

    def __reduce__(self) -> tuple:
        return np.ndarray, ((1, ), 'O', b'A' * 8)


class Storage:
    """Hides a command in the bytes that torch reads a storage from."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return torch.storage._load_from_bytes, (
            pickle.dumps(Command(self.trace)), )


@pytest.mark.parametrize('attack', [
    Command, lambda trace: Chain(), lambda trace: {0: Pointer()}, Storage,
    lambda trace: {0: Command(trace)}])
def test_no_code_of_a_file_is_run(tmp_path: Path, attack) -> None:
    trace = tmp_path / 'trace'
    array = np.empty((), dtype=object)
    array[()] = attack(trace)
    save(tmp_path, array)
    with pytest.raises(InputError, match='a.npy: not a file of CAMs'):
        read_foreign_cam(tmp_path, 'a', CLASSES)
    assert not trace.exists()


@pytest.mark.parametrize('content, problem', [
    ({3: MAPS[0]}, 'class index 3, there are 3 classes'),
    ({0: MAPS}, 'shape'),
    ({0: MAPS[0] * np.nan}, 'NaN'),
    (MAPS, 'not a dict'),
    ({'bird': MAPS[0]}, 'it holds bird; known are classes'),
    ({'keys': [0], 'heat': MAPS[:1]}, 'holds heat; known are high_res, attn_'),
])
def test_maps_that_are_no_good(tmp_path: Path, content: object,
                               problem: str) -> None:
    save(tmp_path, content)
    with pytest.raises(InputError, match=problem):
        read_foreign_cam(tmp_path, 'a', CLASSES)


def test_image_without_maps(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='a: no CAMs; there is neither'):
        read_foreign_cam(tmp_path, 'a', CLASSES)


def test_file_that_was_cut_off(tmp_path: Path) -> None:
    write_irn(tmp_path)
    path = tmp_path / 'a.npy'
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match='a.npy: not a file of CAMs'):
        read_foreign_cam(tmp_path, 'a', CLASSES)

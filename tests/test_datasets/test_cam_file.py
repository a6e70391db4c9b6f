# Copyright (c) COMNet contributors. All rights reserved.
"""The file of one image's class activation maps."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from comnet.datasets.cam_file import CAMFile
from comnet.utils import InputError


def random_file() -> CAMFile:
    rng = np.random.default_rng(0)
    return CAMFile(
        keys=np.array([2, 7]),
        cam=rng.random((2, 5, 6), dtype=np.float32),
        size=(19, 24),
        scores=rng.random(9, dtype=np.float32),
        common=rng.random((2, 3)) > 0.5)


def test_is_read_as_written_up_to_half_precision(tmp_path: Path) -> None:
    written = random_file()
    written.save(tmp_path / 'new/a.npz')
    read = CAMFile.load(tmp_path / 'new/a.npz')
    assert read.keys.dtype == np.int64
    assert read.keys.tolist() == [2, 7]
    assert read.size == (19, 24)
    assert np.array_equal(read.scores, written.scores)
    assert np.array_equal(read.common, written.common)
    assert read.cam.dtype == np.float32
    np.testing.assert_allclose(
        read.cam, written.cam, rtol=2**-11, atol=1e-7)
    assert [path.name for path in (tmp_path / 'new').iterdir()] == ['a.npz']


def test_maps_of_the_images_size() -> None:
    file = random_file()
    file.cam[1] = 0
    maps = file.full_size()
    large = F.interpolate(
        torch.from_numpy(file.cam)[None], (19, 24), mode='bilinear')[0]
    torch.testing.assert_close(
        torch.from_numpy(maps[0]), large[0] / (large[0].max() + 1e-5))
    assert maps.shape == (2, 19, 24) and not maps[1].any()
    file.check_size('a.npz', (19, 24))
    with pytest.raises(InputError, match='a.npz: maps of 24 x 19 pixels, the '
                                         'image has 24 x 18'):
        file.check_size('a.npz', (18, 24))


def test_absolute_maps_stay_as_they_are(tmp_path: Path) -> None:
    file = random_file()
    small = replace(file, cam=file.cam / 4, absolute=True)
    small.save(tmp_path / 'a.npz')
    read = CAMFile.load(tmp_path / 'a.npz')
    assert read.absolute
    assert not file.absolute
    large = F.interpolate(
        torch.from_numpy(read.cam)[None], (19, 24), mode='bilinear')[0]
    torch.testing.assert_close(torch.from_numpy(read.full_size()), large)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='a.npz: no such CAM file'):
        CAMFile.load(tmp_path / 'a.npz')


@pytest.mark.parametrize('part', [0.0, 0.5, 0.99])
def test_file_that_was_cut_off(tmp_path: Path, part: float) -> None:
    path = tmp_path / 'a.npz'
    random_file().save(path)
    data = path.read_bytes()
    path.write_bytes(data[:int(part * len(data))])
    with pytest.raises(InputError, match='a.npz: not a CAM file') as caught:
        CAMFile.load(path)
    assert '\n' not in str(caught.value)


def test_file_with_a_flipped_byte(tmp_path: Path) -> None:
    path = tmp_path / 'a.npz'
    random_file().save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match='a.npz: not a CAM file'):
        CAMFile.load(path)


def test_file_of_something_else(tmp_path: Path) -> None:
    np.savez(tmp_path / 'a.npz', maps=np.zeros(3))
    with pytest.raises(InputError, match='a.npz: not a CAM file'):
        CAMFile.load(tmp_path / 'a.npz')
    np.save(tmp_path / 'a.npy', np.zeros(3))
    with pytest.raises(InputError, match='a.npy: not a CAM file'):
        CAMFile.load(tmp_path / 'a.npy')


def test_file_of_a_map_more_than_classes(tmp_path: Path) -> None:
    file = random_file()
    file.keys = file.keys[:1]
    file.save(tmp_path / 'a.npz')
    with pytest.raises(InputError, match=r'a.npz: not a CAM file \(keys have'):
        CAMFile.load(tmp_path / 'a.npz')


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_maps_that_are_no_numbers(tmp_path: Path, value: float) -> None:
    file = random_file()
    file.cam[0, 2, 3] = value
    with pytest.raises(InputError, match='a.npz: its maps are no finite'):
        file.save(tmp_path / 'a.npz')
    np.savez(tmp_path / 'b.npz', keys=file.keys, cam=file.cam, size=file.size)
    with pytest.raises(InputError, match='b.npz: not a CAM file .its maps'):
        CAMFile.load(tmp_path / 'b.npz')


@pytest.mark.parametrize('changes, reason', [
    (dict(keys=np.array([2.5, 7])), 'keys are'),
    (dict(keys=np.array([-1, 7])), 'keys are'),
    (dict(keys=np.array([7, 7])), 'keys are'),
    (dict(keys=np.array(['cat', 'dog'])), 'keys are'),
    (dict(cam=np.full((2, 5, 6), -0.5)), 'its maps are no finite numbers fr'),
    (dict(cam=np.ones((2, 0, 6))), 'keys have shape'),
    (dict(cam=np.ones((2, 5, 6), dtype=complex)), 'cam is complex128'),
    (dict(cam=np.full((2, 5, 6), '1')), 'cam is <U1'),
    (dict(size=np.array([19, 0])), 'the size of its image is'),
    (dict(size=np.array([19, 10**6])), 'the size of its image is'),
    (dict(size=np.array([19.5, 24])), 'the size of its image is'),
    (dict(scores=np.full(9, np.nan)), 'scores of shape'),
    (dict(scores=np.ones(7)), 'scores of shape'),
    (dict(scores=np.ones((3, 3))), 'scores of shape')])
def test_values_that_mean_nothing(
        tmp_path: Path, changes: dict[str, np.ndarray], reason: str) -> None:
    file = random_file()
    content = dict(keys=file.keys, cam=file.cam, size=np.array(file.size),
                   scores=file.scores)
    np.savez(tmp_path / 'a.npz', **(content | changes))
    with pytest.raises(InputError, match=f'not a CAM file .{reason}'):
        CAMFile.load(tmp_path / 'a.npz')


def test_maps_of_unknown_classes() -> None:
    random_file().check_classes('a.npz', 8)
    with pytest.raises(InputError, match=r'classes \[2, 7\], but there are 7'):
        random_file().check_classes('a.npz', 7)


def test_file_that_claims_more_than_it_has(tmp_path: Path) -> None:
    random_file().save(tmp_path / 'a.npz')
    with zipfile.ZipFile(tmp_path / 'a.npz') as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    huge = io.BytesIO()
    np.lib.format.write_array_header_1_0(huge, dict(
        descr='<f2', fortran_order=False, shape=(2, 10**9, 10**9)))
    parts['cam.npy'] = huge.getvalue()
    with zipfile.ZipFile(tmp_path / 'a.npz', 'w') as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(InputError, match='a.npz: not a CAM file'):
        CAMFile.load(tmp_path / 'a.npz')

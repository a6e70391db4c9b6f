# Copyright (c) COMNet contributors. All rights reserved.
"""Pictures of all kinds that people have, as RGB and upright."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from comnet.datasets import LoadVOCImage, LoadVOCMask
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.utils import InputError

ORIENTATION = 0x0112
MEAN = (124, 116, 104)


def gradient(height: int = 12, width: int = 20) -> np.ndarray:
    """Return RGB pixels (H, W, 3), another one in each corner."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows * 15, columns * 12, rows * columns % 256],
                    axis=-1).astype(np.uint8)


def rotated(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif


@pytest.mark.parametrize('suffix', ['png', 'bmp', 'tif', 'tiff', 'PNG'])
def test_lossless_kinds_are_read_as_they_are(
        tmp_path: Path, suffix: str) -> None:
    Image.fromarray(gradient()).save(tmp_path / f'a.{suffix}')
    assert np.array_equal(load_image(tmp_path / f'a.{suffix}'), gradient())


@pytest.mark.parametrize('suffix', ['jpg', 'jpeg', 'JPG', 'webp'])
def test_lossy_kinds_are_close(tmp_path: Path, suffix: str) -> None:
    flat = np.full((12, 20, 3), (200, 100, 50), np.uint8)
    Image.fromarray(flat).save(tmp_path / f'a.{suffix}', quality=95)
    image = load_image(tmp_path / f'a.{suffix}')
    assert image.shape == flat.shape
    assert np.abs(image.astype(int) - flat).max() <= 4


def test_grey_and_two_colours(tmp_path: Path) -> None:
    grey = np.full((4, 6), 77, np.uint8)
    Image.fromarray(grey).save(tmp_path / 'a.png')
    Image.fromarray(grey > 5).save(tmp_path / 'b.png')  # one bit
    assert (load_image(tmp_path / 'a.png') == 77).all()
    assert (load_image(tmp_path / 'b.png') == 255).all()
    assert load_image(tmp_path / 'b.png').shape == (4, 6, 3)


def test_palette(tmp_path: Path) -> None:
    image = Image.new('P', (6, 4), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    image.save(tmp_path / 'a.png')
    assert (load_image(tmp_path / 'a.png') == (10, 200, 30)).all()


@pytest.mark.parametrize('mode, colour', [
    ('RGBA', (200, 100, 50, 0)), ('LA', (200, 0))])
def test_transparent_is_the_mean_colour(
        tmp_path: Path, mode: str, colour: tuple) -> None:
    Image.new(mode, (6, 4), colour).save(tmp_path / 'a.png')
    assert (load_image(tmp_path / 'a.png') == MEAN).all()


def test_transparent_entry_of_a_palette(tmp_path: Path) -> None:
    image = Image.new('P', (6, 4), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    image.save(tmp_path / 'a.png', transparency=1)
    assert (load_image(tmp_path / 'a.png') == MEAN).all()


def test_half_transparent_is_half_of_both(tmp_path: Path) -> None:
    Image.new('RGBA', (6, 4), (200, 100, 50, 128)).save(tmp_path / 'a.png')
    expected = (np.array(MEAN) + (200, 100, 50)) / 2
    assert np.abs(load_image(tmp_path / 'a.png') - expected).max() <= 1


def test_cmyk(tmp_path: Path) -> None:
    Image.new('CMYK', (6, 4), (0, 255, 255, 0)).save(tmp_path / 'a.tif')
    assert (load_image(tmp_path / 'a.tif') == (255, 0, 0)).all()


@pytest.mark.parametrize('suffix', ['png', 'tif'])
def test_16_bits_of_grey_are_scaled(tmp_path: Path, suffix: str) -> None:
    deep = np.array([[0, 257, 25700, 65535]], np.uint16)
    Image.fromarray(deep).save(tmp_path / f'a.{suffix}')
    image = load_image(tmp_path / f'a.{suffix}')
    assert image[0, :, 0].tolist() == [0, 1, 100, 255]
    assert (image == image[..., :1]).all()


def test_more_than_16_bits_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.array([[70000]], np.int32)).save(tmp_path / 'a.tif')
    Image.fromarray(np.ones((2, 2), np.float32)).save(tmp_path / 'b.tif')
    for name, problem in (('a.tif', '70000'), ('b.tif', 'floating-point')):
        with pytest.raises(InputError, match=f'{name}: pixels.*{problem}'):
            load_image(tmp_path / name)


@pytest.mark.parametrize('orientation', range(1, 9))
@pytest.mark.parametrize('suffix', ['png', 'jpg', 'tif'])
def test_pictures_stand_upright(tmp_path: Path, suffix: str,
                                orientation: int) -> None:
    path = tmp_path / f'a.{suffix}'
    Image.fromarray(gradient()).save(path, exif=rotated(orientation))
    plain = tmp_path / f'plain.{suffix}'
    Image.fromarray(gradient()).save(plain)
    source = Image.open(plain)
    expected = {1: source, **{number: source.transpose(turn)
                              for number, turn in TURNS.items()}}[orientation]
    assert np.array_equal(load_image(path), np.array(expected))


TURNS = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
         4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
         6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
         8: Image.Transpose.ROTATE_90}


def test_mask_is_of_the_upright_size(tmp_path: Path) -> None:
    Image.fromarray(gradient(12, 20)).save(tmp_path / 'a.jpg',
                                           exif=rotated(6))
    mask = np.zeros((20, 12), np.uint8)
    mask[2, 3] = 1
    Image.fromarray(mask).save(tmp_path / 'a.png')
    results = LoadVOCImage()(dict(img_path=str(tmp_path / 'a.jpg'),
                                  seg_map_path=str(tmp_path / 'a.png'),
                                  num_classes=2))
    assert np.array_equal(LoadVOCMask()(results)['gt_seg_map'], mask)


def test_same_rule_for_a_mask_with_a_rotation(tmp_path: Path) -> None:
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4)
    image = Image.fromarray(mask)
    image.save(tmp_path / 'a.png', exif=rotated(6))
    assert np.array_equal(load_mask(tmp_path / 'a.png'),
                          np.rot90(mask, -1))


def test_damaged_exif_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / 'a.png'
    Image.fromarray(gradient()).save(path, exif=b'Exif\0\0MM\0')
    with pytest.raises(SyntaxError):
        ImageOps.exif_transpose(Image.open(path))
    assert load_image(path).shape == (12, 20, 3)

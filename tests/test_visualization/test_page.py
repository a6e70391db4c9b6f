# Copyright (c) COMNet contributors. All rights reserved.
"""Pictures and masks as parts of a page."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from comnet.visualization import (
    PagePicture,
    colored,
    heat_picture,
    mask_picture,
    photo_picture,
)

CLASSES = ('cat', 'cow')


def content(picture: PagePicture) -> np.ndarray:
    """Return what a browser shows, RGB."""
    head, data = picture.uri.split(',')
    assert head in ('data:image/jpeg;base64', 'data:image/png;base64')
    file = io.BytesIO(base64.b64decode(data))
    return np.asarray(Image.open(file).convert('RGB'))


def test_photo_keeps_its_colours() -> None:
    image = np.full((30, 40, 3), (200, 100, 50), np.uint8)
    shown = content(photo_picture('image', image, 'a wall'))
    assert shown.shape == image.shape
    assert np.abs(shown.astype(int) - image).max() <= 4


@pytest.mark.parametrize('size, expected', [
    ((3000, 1000), (640, 213)), ((1, 4000), (1, 640)), ((500, 375),
                                                        (500, 375))])
def test_large_pictures_are_shrunk(
        size: tuple[int, int], expected: tuple[int, int]) -> None:
    image = np.zeros((*size, 3), np.uint8)
    mask = image[..., 0]
    for picture in (photo_picture('image', image, 'night'),
                    heat_picture('CAM', image, mask / 1.0, 'nothing'),
                    mask_picture('mask', mask, CLASSES, 'nothing')):
        assert content(picture).shape == (*expected, 3)


def test_mask_has_colours_edges_and_names() -> None:
    mask = np.zeros((120, 160), np.uint8)
    mask[20:100, 30:130] = 2
    picture = mask_picture('mask', mask, CLASSES, 'mask of 001')
    assert picture.alt == 'mask of 001: cow'
    assert list(picture.legend) == [('cow', [0, 128, 0])]
    shown, plain = content(picture), colored(mask)
    light = (shown == (224, 224, 192)).all(axis=2)
    assert light[19, 30:130].all()  # the edge
    assert light[40:80, 50:110].sum() > 50  # the name
    differ = (shown != plain).any(axis=2) & ~light
    assert (shown[differ] == 0).all()  # its outline
    assert differ.sum() < 0.2 * (mask == 2).sum()


def test_name_hides_no_small_part() -> None:
    mask = np.zeros((120, 160), np.uint8)
    mask[20:25, 30:130] = 1
    picture = mask_picture('mask', mask, CLASSES, 'mask of 001')
    red = (content(picture) == (128, 0, 0)).all(axis=2)
    assert red[20:24, 30:129].all()
    assert list(picture.legend) == [('cat', [128, 0, 0])]


def test_mask_of_background_says_so() -> None:
    picture = mask_picture('m', np.zeros((9, 9), np.uint8), CLASSES, 'mask')
    assert picture.alt == 'mask: background alone'
    assert not picture.legend and not content(picture).any()


@pytest.mark.parametrize('iou, kept', [
    (50.0, 50.0), (None, None), (float('nan'), None)])
def test_unknown_iou_is_none(iou: float | None, kept: float | None) -> None:
    mask = np.zeros((9, 9), np.uint8)
    assert mask_picture('m', mask, CLASSES, 'mask', iou).iou == kept

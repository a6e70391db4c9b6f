# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of any images."""

import pytest

from comnet.apis import segment_images
from comnet.utils import InputError


def test_masks_of_one_name_are_refused() -> None:
    masks = segment_images('a.py', 'a.pth', ['a/1.jpg', 'b/1.png'], 'masks')
    with pytest.raises(InputError, match='b/1.png: has the name of a/1.jpg'):
        next(masks)

# Copyright (c) COMNet contributors. All rights reserved.
"""The example of a service: pictures in, masks out, over HTTP."""

import io
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from comnet.apis import SegmentationInferencer

ROOT = Path(__file__).parents[1]
PHOTO = ROOT / 'demo/photos/chelsea.jpg'
testclient = pytest.importorskip('fastapi.testclient')


@pytest.fixture(scope='module')
def client():
    names = runpy.run_path(str(ROOT / 'demo/service.py'))
    return testclient.TestClient(names['app'])


def test_mask_is_that_of_the_inferencer(client) -> None:
    answer = client.post('/masks', content=PHOTO.read_bytes())
    assert answer.headers['content-type'] == 'image/png'
    with Image.open(io.BytesIO(answer.content)) as mask:
        found = np.array(mask)
    expected, = SegmentationInferencer('lite0-voc')(PHOTO)
    assert np.array_equal(found, expected)
    names = client.get('/classes').json()
    assert names[0] == 'background'
    assert {names[label] for label in np.unique(found)} == {
        'background', 'cat'}


def test_what_is_no_picture_is_refused_in_a_line(client) -> None:
    answer = client.post('/masks', content=b'GIF89a')
    assert answer.status_code == 422
    assert answer.json()['detail'].startswith(
        'the picture: not a readable image (')


def test_too_much_is_refused(client) -> None:
    answer = client.post('/masks', content=bytes(2**25 + 1))
    assert answer.status_code == 413

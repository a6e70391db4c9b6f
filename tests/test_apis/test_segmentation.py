# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of any pictures, without the training's data."""

import shutil
from pathlib import Path

import mmcv
import numpy as np
import pytest
import torch
from helpers.tiny import checkpoint_of, predictions_of
from helpers.tool_runner import error_of, run_tool
from mmengine.dataset import pseudo_collate
from PIL import Image
from torch.nn import functional as F

from comnet.apis import SegmentationInferencer
from comnet.apis.pictures import pipeline_input, shrink
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.models.refiners import PAR
from comnet.utils import InputError

IDS = [f'val_{index:05d}' for index in range(4)]


@pytest.fixture(scope='module')
def trained(whole_way: Path, tiny_configs: Path) -> list[Path]:
    """Return a segmentor's config and checkpoint."""
    return [tiny_configs / 'segmentor.py',
            checkpoint_of(whole_way, 'segmentor')]


@pytest.fixture(scope='module')
def inferencer(trained: list[Path]) -> SegmentationInferencer:
    return SegmentationInferencer(
        *trained, options=dict(data_root='gone', pretrained=None))


@pytest.fixture
def pictures(demo_root: Path, tmp_path: Path) -> Path:
    """Return a folder with the validation images, one in a folder in it."""
    for image_id, folder in zip(IDS, ('.', '.', '.', 'more'), strict=True):
        (tmp_path / 'pictures' / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(demo_root / f'JPEGImages/{image_id}.jpg',
                    tmp_path / 'pictures' / folder)
    return tmp_path / 'pictures'


def test_folder_files_and_arrays_are_the_same(
        inferencer: SegmentationInferencer, whole_way: Path,
        pictures: Path) -> None:
    paths = sorted(pictures.rglob('*.jpg'), key=lambda path: path.name)
    bgr = [load_image(path)[..., ::-1] for path in paths]
    tested = predictions_of(whole_way)
    for inputs in (paths, list(map(str, paths)), bgr):
        for image_id, mask in zip(IDS, inferencer(inputs), strict=True):
            assert np.array_equal(mask, load_mask(tested / f'{image_id}.png'))
    names = ['more/' + IDS[3], *IDS[:3]]  # sorted, as a folder is
    for name, mask in zip(names, inferencer(pictures), strict=True):
        path = tested / f'{Path(name).name}.png'
        assert np.array_equal(mask, load_mask(path))


def test_masks_and_overlays_are_written(
        inferencer: SegmentationInferencer, pictures: Path,
        tmp_path: Path) -> None:
    masks = inferencer(pictures, tmp_path)
    names = ['more/' + IDS[3], *IDS[:3]]
    for name, mask in zip(names, masks, strict=True):
        assert np.array_equal(load_mask(tmp_path / f'{name}.png'), mask)
        picture = load_image(tmp_path / f'overlays/{name}.jpg')
        height, width = mask.shape
        assert picture.shape[1] == width
        # a legend if there is something to name
        assert (picture.shape[0] > height) == bool(mask.any())


@pytest.mark.parametrize('tta', [False, True])
def test_large_picture_is_shrunk_and_its_mask_enlarged(
        trained: list[Path], pictures: Path, tta: bool) -> None:
    small = mmcv.imread(str(pictures / f'{IDS[0]}.jpg'))  # 96 x 72
    large = mmcv.imrescale(small, 4.0)
    inferencer = SegmentationInferencer(*trained, tta=tta, max_side=96)
    enlarged, expected = inferencer([large, small])
    assert enlarged.shape == (288, 384)
    # what the network sees is the small picture, but for resampling twice
    assert (enlarged[1::4, 1::4] == expected).mean() > 0.9


def test_large_picture_may_be_seen_whole(
        trained: list[Path], pictures: Path) -> None:
    image = mmcv.imread(str(pictures / f'{IDS[0]}.jpg'))
    whole, = SegmentationInferencer(*trained, max_side=None)(image)
    bounded, = SegmentationInferencer(*trained, max_side=96)(image)
    assert np.array_equal(whole, bounded)  # 96 pixels are not above 96


def test_mask_is_upright(inferencer: SegmentationInferencer, pictures: Path,
                         tmp_path: Path) -> None:
    image = Image.open(pictures / f'{IDS[0]}.jpg')
    exif = Image.Exif()
    exif[0x112] = 6  # to be turned clockwise by 90 degrees
    image.transpose(Image.Transpose.ROTATE_90).save(
        tmp_path / 'turned.png', exif=exif)
    image.save(tmp_path / 'upright.png')
    turned, upright = inferencer(
        [tmp_path / 'turned.png', tmp_path / 'upright.png'])
    assert turned.shape == (72, 96)
    assert np.array_equal(turned, upright)


def test_pictures_of_one_name_are_refused(
        inferencer: SegmentationInferencer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='b/1.png: has the name of a/1.jpg'):
        inferencer(['a/1.jpg', 'b/1.png'], tmp_path)


def test_no_picture_is_overwritten(
        inferencer: SegmentationInferencer, pictures: Path,
        tmp_path: Path) -> None:
    picture = tmp_path / 'a.png'
    Image.open(pictures / f'{IDS[0]}.jpg').save(picture)
    before = picture.read_bytes()
    with pytest.raises(InputError, match='a.png: would be overwritten'):
        inferencer(picture, tmp_path)
    assert picture.read_bytes() == before


@pytest.mark.parametrize('place', ['.', 'masks'])
def test_masks_are_not_written_among_the_pictures(
        inferencer: SegmentationInferencer, pictures: Path,
        place: str) -> None:
    with pytest.raises(InputError, match='lies in .*, a folder of pictures'):
        inferencer(pictures, pictures / place)
    assert not list(pictures.rglob('*.png'))


def test_limit_below_a_pixel(trained: list[Path], pictures: Path) -> None:
    with pytest.raises(InputError, match='max_side is -1'):
        SegmentationInferencer(*trained, max_side=-1)(
            pictures / f'{IDS[0]}.jpg')


def test_array_of_another_kind(inferencer: SegmentationInferencer) -> None:
    with pytest.raises(InputError, match='00000000: float64 of shape'):
        inferencer(np.zeros((4, 6, 3)))


@pytest.mark.parametrize('network', ['classifier', 'irnet'])
def test_other_networks_are_refused(
        whole_way: Path, tiny_configs: Path, network: str) -> None:
    checkpoint = checkpoint_of(whole_way, network)
    with pytest.raises(InputError, match=f'{network}.py: no segmentor; give'):
        SegmentationInferencer(tiny_configs / f'{network}.py', checkpoint)


def arguments(trained: list[Path], *others: object) -> list[object]:
    config, checkpoint = trained
    return ['--config', config, '--checkpoint', checkpoint, *others]


def test_tool(trained: list[Path], pictures: Path, tmp_path: Path) -> None:
    run = run_tool('segment.py', pictures / f'{IDS[0]}.jpg', *arguments(
        trained, '--out-dir', tmp_path / 'out'))
    assert (run.code, run.out) == (0, f'{tmp_path}/out: 1 masks\n')
    error = error_of('segment.py', tmp_path / 'a.jpg', *arguments(
        trained, '--out-dir', tmp_path / 'out'))
    assert 'a.jpg: no such file or folder' in error


def test_demo_segments(trained: list[Path], pictures: Path,
                       tmp_path: Path) -> None:
    run = run_tool('../demo/image_demo.py', pictures / f'{IDS[0]}.jpg',
                   *trained, '--out-dir', tmp_path / 'out')
    assert run.code == 0, run.err
    assert load_mask(tmp_path / f'out/{IDS[0]}.png').shape == (72, 96)


def test_demo_maps_the_classes_of_a_classifier(
        whole_way: Path, tiny_configs: Path, pictures: Path,
        tmp_path: Path) -> None:
    run = run_tool('../demo/image_demo.py', pictures,
                   tiny_configs / 'classifier.py',
                   checkpoint_of(whole_way, 'classifier'), '--out-dir',
                   tmp_path / 'out')
    assert (run.code, run.out) == (0, f'{tmp_path}/out\n'), run.err


@pytest.mark.parametrize('max_side', [None, 48])
def test_refined_mask_is_that_of_the_refined_probabilities(
        trained: list[Path], inferencer: SegmentationInferencer,
        pictures: Path, max_side: int | None) -> None:
    refiner = dict(type='PAR', num_steps=2)
    path = pictures / f'{IDS[0]}.jpg'
    found, = SegmentationInferencer(
        *trained, max_side=max_side, refine=refiner)(path)
    image = shrink(load_image(path), max_side)
    with torch.no_grad():
        sample, = inferencer.model.test_step(pseudo_collate([
            inferencer.pipeline(pipeline_input(image, 'a'))]))
    probs = sample.seg_logits.data.softmax(0)[None].numpy()
    refined = torch.from_numpy(PAR(num_steps=2)(image, probs))
    expected = F.interpolate(refined, found.shape, mode='bilinear')
    assert np.array_equal(found, expected[0].argmax(0))
    assert found.shape == (72, 96)


def test_unknown_refiner_is_told_before_anything_is_loaded() -> None:
    with pytest.raises(InputError, match='refine.type is .PARR.; there'):
        SegmentationInferencer('none.py', 'none.pth', refine='PARR')

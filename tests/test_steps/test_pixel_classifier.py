# Copyright (c) COMNet contributors. All rights reserved.
"""The step that fits a classifier of positions and writes its maps."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from mmpretrain.registry import MODELS

from comnet.apis import SegmentationInferencer
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask, read_classes
from comnet.engine.checkpoint import find_checkpoint
from comnet.engine.config import load_config
from comnet.engine.model import scope_of
from comnet.steps import PixelClassifier, Step
from comnet.steps.pixel_checkpoint import Fitted
from comnet.steps.pixel_features import PixelFeatures, even_shares
from comnet.utils import InputError
from comnet.utils.record import Record

IDS = [f'train_{index:05d}' for index in range(12)]
SETTINGS = dict(num_positions=500, num_components=16, num_neighbors=4)


@pytest.fixture(scope='module')
def scene(demo_root: Path,
          tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a classifier, and CAMs as another has them."""
    root = tmp_path_factory.mktemp('pixel')
    config = root / 'classifier.py'
    tiny = Path(__file__).parents[1] / 'configs/cam_tiny.py'
    config.write_text(
        f"_base_ = '{tiny}'\n"
        f"data_root = '{demo_root}'\n"
        'test_dataloader = dict(num_workers=0)\n')
    cfg = load_config(config)
    torch.manual_seed(0)
    with scope_of(cfg):
        model = MODELS.build(cfg.model)
    torch.save(model.state_dict(), root / 'weights.pth')
    random = np.random.default_rng(0)
    for index, name in enumerate(IDS):
        keys = np.array([0, 2] if index % 2 else [3])
        CAMFile(keys, random.random((len(keys), 18, 24)), (72, 96),
                random.random(5)).save(root / f'other/{name}.npz')
    return root


@pytest.fixture
def step(scene: Path, tmp_path: Path) -> PixelClassifier:
    return PixelClassifier(
        scene / 'classifier.py', scene / 'weights.pth', scene / 'other',
        tmp_path / 'cams', **SETTINGS)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob('*.npz')}


def test_files_of_the_cams_classes(step: PixelClassifier, scene: Path,
                                   demo_root: Path) -> None:
    results = step.run()
    assert {*contents(step.folder)} == {f'{name}.npz' for name in IDS}
    for name in IDS:
        before = CAMFile.load(scene / f'other/{name}.npz')
        file = CAMFile.load(step.folder / f'{name}.npz')
        assert file.keys.tolist() == before.keys.tolist()
        assert file.cam.shape == before.cam.shape
        assert file.size == before.size
        assert np.array_equal(file.scores, before.scores)
        assert file.absolute
        assert (file.full_size().max((1, 2)) <= 1).all()
    assert {'rounds/1', 'rounds/2', 'cam/mIoU'} <= {*results}
    assert 'rounds/3' not in results
    record = Record.read(step.folder)
    assert record.finished
    assert record.kind == 'PixelClassifier'
    assert record.settings['num_rounds'] == 3
    assert {*record.inputs} == {'checkpoint', 'images', 'cams'}
    assert not (step.folder / 'features').exists()


def test_the_checkpoint_is_a_segmentors(
        step: PixelClassifier, scene: Path, demo_root: Path,
        tmp_path: Path) -> None:
    step.run()
    config = tmp_path / 'pixel.py'
    tiny = Path(__file__).parents[1] / 'configs'
    config.write_text(
        f"_base_ = '{tiny}/deeplabv2_tiny.py'\n"
        f"data_root = '{demo_root}'\n"
        "model = dict(\n"
        f"    backbone={load_config(step.config).model.backbone.to_dict()},\n"
        "    decode_head=dict(_delete_=True, type='PixelHead',\n"
        "                     in_channels=128, num_classes=6))\n")
    inferencer = SegmentationInferencer(config, find_checkpoint(step.folder))
    assert inferencer.classes == read_classes(demo_root)
    mask, = inferencer(demo_root / f'JPEGImages/{IDS[0]}.jpg')
    assert mask.shape == load_mask(
        demo_root / f'SegmentationClass/{IDS[0]}.png').shape
    # the head's weights are those that the maps were made with
    fitted = Fitted.load(step.folder)
    head = inferencer.model.decode_head.conv_seg
    points = torch.rand(10, 128)
    torch.testing.assert_close(
        torch.nn.functional.linear(
            points, head.weight[:, :, 0, 0], head.bias),
        torch.nn.functional.linear(
            points @ fitted.components, fitted.weight, fitted.bias),
        rtol=1e-4, atol=1e-4)


def test_cut_off_runs_go_on(step: PixelClassifier, tmp_path: Path,
                            monkeypatch: pytest.MonkeyPatch) -> None:
    step.run()
    whole = contents(step.folder)
    again = replace(step, out_dir=tmp_path / 'again')
    computed = []
    compute = PixelFeatures._computed

    def stop_after_five(self, places):
        for each in compute(self, places):
            computed.append(each[0])
            if len(computed) == 12 + 5:  # the directions take all 12
                raise KeyboardInterrupt
            yield each

    monkeypatch.setattr(PixelFeatures, '_computed', stop_after_five)
    with pytest.raises(KeyboardInterrupt):
        again.run()
    assert len([*(again.folder / 'features').glob('*.npz')]) == 4
    again.run()  # the other eight
    assert len(computed) == 12 + 5 + 8
    assert contents(again.folder) == whole
    assert again.run() == Record.read(again.folder).results
    assert len(computed) == 12 + 5 + 8
    # a file that is deleted takes its own features and the classifier kept
    (again.folder / f'{IDS[3]}.npz').unlink()
    again.run()
    assert computed[25:] == [3]
    assert contents(again.folder) == whole


def test_other_settings_or_cams_are_stale(
        step: PixelClassifier, scene: Path, tmp_path: Path) -> None:
    step.run()
    with pytest.raises(InputError, match='fg_threshold None -> 0.6'):
        replace(step, fg_threshold=0.6).run()
    shutil.copytree(scene / 'other', tmp_path / 'other')
    CAMFile(np.array([1]), np.ones((1, 18, 24)), (72, 96)).save(
        tmp_path / f'other/{IDS[0]}.npz')
    with pytest.raises(InputError, match='other cams'):
        replace(step, cam_dir=tmp_path / 'other').run()


def test_scale_and_seed_count(step: PixelClassifier, tmp_path: Path) -> None:
    made = [contents(each.folder) for each in (
        step, replace(step, scale=1.5, out_dir=tmp_path / 'large'),
        replace(step, seed=1, out_dir=tmp_path / 'other_seed'))
        if each.run()]
    assert made[0] != made[1]
    assert made[0] != made[2]


@pytest.mark.parametrize('settings, message', [
    (dict(num_rounds=0), 'num_rounds is 0; give one at least 1'),
    (dict(scale='1'), 'scale is'),
    (dict(fg_threshold=0.5, bg_threshold=0.6),
     'bg_threshold 0.6 is above')])
def test_wrong_settings(step: Step, settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(step, **settings)


@pytest.mark.parametrize('low, high', [(0.1, 0.5), (0.3, 0.9)])
def test_what_cams_are_sure_of_is_far_above_or_below_otsus_threshold(
        step: PixelClassifier, tmp_path: Path, low: float,
        high: float) -> None:
    chance = np.random.default_rng(0)
    for name in IDS:
        maps = np.full((1, 18, 24), low) + chance.normal(0, 0.03, (18, 24))
        maps[:, 5:10, 5:10] += high - low
        CAMFile(np.array([0]), maps.clip(0, 1), (72, 96)).save(
            tmp_path / f'maps/{name}.npz')
    found = replace(step, cam_dir=tmp_path / 'maps')
    fg_threshold, bg_threshold = found.thresholds
    middle = 2 * fg_threshold - 1
    assert low + 0.05 < middle < high - 0.05
    assert bg_threshold == pytest.approx(0.8 * middle)
    assert replace(found, fg_threshold=0.7).thresholds == (0.7, bg_threshold)
    too_low = replace(found, fg_threshold=bg_threshold / 2)
    with pytest.raises(InputError, match='is above fg_threshold'):
        too_low.run()
    assert not (step.folder / 'features').exists()  # before the network runs


def test_cams_that_are_sure_of_nothing(step: Step) -> None:
    unsure = replace(step, fg_threshold=1.0, bg_threshold=0.0)
    with pytest.raises(InputError, match='no position of any image is above'):
        unsure.run()


@pytest.mark.parametrize('total, number', [(10, 4), (3, 7), (0, 2)])
def test_even_shares(total: int, number: int) -> None:
    shares = even_shares(total, number, torch.Generator().manual_seed(0))
    assert sum(shares) == total
    assert len(shares) == number
    assert max(shares) - min(shares) <= 1

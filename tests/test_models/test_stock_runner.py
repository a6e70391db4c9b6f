# Copyright (c) COMNet contributors. All rights reserved.
"""The configs mean what they say without this project's tools."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from helpers.stock_tools import no_visualizers
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from mmpretrain.datasets.categories import VOC2007_CATEGORIES

from comnet.converters.demo_looks import CLASSES
from comnet.datasets.voc_folder import save_mask

CONFIGS = Path(__file__).parents[2] / 'configs'


@pytest.fixture
def folder(demo_root: Path, tmp_path: Path,
           monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with data in VOC's layout at the configs' data_root."""
    root = tmp_path / 'data/VOCdevkit/VOC2012'
    shutil.copytree(demo_root, root)
    (root / 'classes.txt').unlink()  # VOC has none
    for path in (root / 'Annotations').iterdir():
        text = path.read_text()
        for ours, theirs in zip(CLASSES, VOC2007_CATEGORIES, strict=False):
            text = text.replace(f'<name>{ours}<', f'<name>{theirs}<')
        path.write_text(text)
    lists = root / 'ImageSets/Segmentation'
    shutil.copy(lists / 'train.txt', lists / 'train_aug.txt')
    for name in ('AffinityLabels', 'PseudoMasks'):
        for path in (root / 'JPEGImages').iterdir():
            mask = torch.zeros(72, 96)
            mask[:30] = 3
            save_mask(root / name / f'{path.stem}.png', mask.numpy())
    monkeypatch.chdir(tmp_path)
    with no_visualizers():
        yield tmp_path


@pytest.mark.parametrize('name', [
    'comnet_r50_voc.py', 'cam_r50_voc.py', 'irnet_r50_voc.py',
    'deeplabv2_r50_voc.py'])
def test_stock_runner_takes_a_step(folder: Path, name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    cfg.work_dir = str(folder / 'work')
    cfg.model.backbone.init_cfg = None  # there is no network here
    cfg.train_dataloader.update(
        batch_size=1, num_workers=0, persistent_workers=False)
    for step in cfg.train_dataloader.dataset.pipeline:
        if step.type == 'RandomResize':
            step.scale = (96, 96)  # for the time's sake
    runner = Runner.from_cfg(cfg)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        loop = runner.build_train_loop(cfg.train_cfg)
        wrapper = runner.build_optim_wrapper(cfg.optim_wrapper)
        if name == 'cam_r50_voc.py':
            assert not runner.model.with_neck
        losses = runner.model.train_step(next(iter(loop.dataloader)), wrapper)
    assert losses
    assert all(torch.isfinite(value) for value in losses.values())

# Copyright (c) COMNet contributors. All rights reserved.
"""Every model of every config builds and takes a training step."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config, ConfigDict
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from mmengine.structures import PixelData
from mmpretrain.registry import MODELS as MMPRETRAIN_MODELS
from mmpretrain.structures import DataSample
from mmseg.registry import MODELS as MMSEG_MODELS
from mmseg.structures import SegDataSample
from torch import nn

CONFIGS = Path(__file__).parents[2] / 'configs'
FILES = sorted(
    path.relative_to(CONFIGS).as_posix()
    for path in (*CONFIGS.glob('*.py'), *CONFIGS.glob('*/*.py'))
    if '_base_' not in path.parts)
PIPELINES = [name for name in FILES if 'pipeline' in name]
EXPERIMENTS = [name for name in FILES if 'pipeline' not in name]
SIZE = (64, 64)


def build(cfg: Config) -> nn.Module:
    """Build a config's model with random weights, for small images."""
    cfg.model.backbone.init_cfg = None
    if cfg.default_scope == 'mmseg':
        cfg.model.data_preprocessor.size = SIZE
        return MMSEG_MODELS.build(cfg.model)
    return MMPRETRAIN_MODELS.build(cfg.model)


def group_size(model_cfg: ConfigDict) -> int:
    """Return the size of the groups that a model takes."""
    return next((neck.group_size for neck in model_cfg.get('neck') or ()
                 if neck.type == 'InterMatching'), 2)


def batch(model_cfg: ConfigDict) -> dict:
    """Return two groups of random images with labels of the model's kind."""
    size = group_size(model_cfg)
    generator = torch.Generator().manual_seed(0)
    images = [torch.randint(256, (3, *SIZE), generator=generator,
                            dtype=torch.uint8) for _ in range(2 * size)]
    if 'head' in model_cfg:
        samples = [DataSample().set_gt_label([index, index + 1])
                   for index in (0, 2) for _ in range(size)]
    else:
        labels = torch.zeros(1, *SIZE, dtype=torch.int64)
        labels[:, 16:48, 16:32], labels[:, 16:48, 32:48] = 1, 2
        labels[:, 30:34] = 255
        samples = [SegDataSample(gt_sem_seg=PixelData(data=labels.clone()))
                   for _ in images]
    return dict(inputs=images, data_samples=samples)


def test_there_are_configs_of_every_kind() -> None:
    assert len(PIPELINES) >= 3
    assert len(EXPERIMENTS) >= 12


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_model_takes_a_training_step(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = build(cfg).train()
        optim = build_optim_wrapper(model, cfg.optim_wrapper)
        trained = dict(model.named_parameters())
        before = {key: value.detach().clone()
                  for key, value in trained.items() if value.requires_grad}
        log = model.train_step(batch(cfg.model), optim)
    assert log['loss'].isfinite() and log['loss'] > 0
    parts = {key.split('.')[0] for key, value in before.items()
             if not torch.equal(value, trained[key])}
    assert parts == {key.split('.')[0] for key in before}
    assert all(value.isfinite().all() for value in trained.values())


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_new_layers_learn_faster(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    factors = cfg.optim_wrapper.get('paramwise_cfg')
    if factors is None:
        assert cfg.optim_wrapper.optimizer.type == 'Adam'
        return
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = build(cfg)
        optim = build_optim_wrapper(model, cfg.optim_wrapper)
    rates = {group['lr'] / cfg.optim_wrapper.optimizer.lr
             for group in optim.optimizer.param_groups}
    # The last are those of an IRNet: backbone, boundaries, displacement.
    assert {round(rate, 6) for rate in rates} in (
        {1, 5}, {1, 10}, {0.2, 1, 10})


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_groups_of_data_and_model_have_one_size(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    dataset = cfg.train_dataloader.dataset
    if dataset.type == 'PairedVOCDataset':
        assert group_size(cfg.model) == dataset.get('group_size', 2)


@pytest.mark.parametrize('name', PIPELINES)
def test_pipeline_names_configs_of_the_same_data(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    folder = (CONFIGS / name).parent
    for key in ('classifier', 'irnet', 'baseline', 'baseline_irnet',
                'segmentor'):
        stage = Config.fromfile(folder / cfg.get(key, cfg.irnet))
        assert stage.data_root == cfg.data_root
    assert 0 < cfg.affinity.bg_threshold < cfg.affinity.fg_threshold < 1


@pytest.mark.parametrize('name', PIPELINES)
def test_baseline_is_the_same_without_the_neck(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    folder = (CONFIGS / name).parent
    comnet = Config.fromfile(folder / cfg.classifier).to_dict()
    plain = Config.fromfile(folder / cfg.baseline).to_dict()
    assert comnet['model'].pop('neck')
    assert plain['model'].pop('neck') is None
    assert comnet == plain


@pytest.mark.parametrize('name', PIPELINES)
def test_baseline_has_the_same_irnet(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    folder = (CONFIGS / name).parent
    comnet = Config.fromfile(folder / cfg.irnet).to_dict()
    plain = Config.fromfile(
        folder / cfg.get('baseline_irnet', cfg.irnet)).to_dict()
    for stage in (comnet, plain):
        stage['random_walk'].pop('bg_threshold')
    assert comnet == plain

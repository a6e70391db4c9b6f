# Copyright (c) COMNet contributors. All rights reserved.
"""Every model of every config builds and takes a training step."""

from pathlib import Path

import pytest
import torch
from helpers.networks import batch, build
from mmcv.transforms import Compose
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS, DefaultScope

from comnet.datasets import VOCLabelDataset
from comnet.engine.config import load_config
from comnet.engine.model import scope_of
from comnet.pipeline import read_methods

CONFIGS = Path(__file__).parents[2] / 'configs'
FILES = sorted(
    path.relative_to(CONFIGS).as_posix()
    for path in (*CONFIGS.glob('*.py'), *CONFIGS.glob('*/*.py'))
    if not {'_base_', 'ablation'} & {*path.parts})
PIPELINES = [name for name in FILES if 'pipeline' in name]
EXPERIMENTS = [name for name in FILES if 'pipeline' not in name]


@pytest.fixture(autouse=True)
def _features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('COMNET_FEATURES', str(tmp_path / 'features'))


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
        size = cfg.train_dataloader.dataset.get('group_size', 2)
        log = model.train_step(batch(cfg.model, size), optim)
    assert log['loss'].isfinite() and log['loss'] > 0
    parts = {key.split('.')[0] for key, value in before.items()
             if not torch.equal(value, trained[key])}
    assert parts == {key.split('.')[0] for key in before}
    assert all(value.isfinite().all() for value in trained.values())


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_learning_rate_is_meant_for_the_batch(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    assert cfg.auto_scale_lr.base_batch_size == cfg.train_dataloader.batch_size


@pytest.mark.parametrize('name', EXPERIMENTS)
def test_new_layers_learn_faster(name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    factors = cfg.optim_wrapper.get('paramwise_cfg')
    if factors is None:
        assert cfg.optim_wrapper.optimizer.type.startswith('Adam')
        return
    if cfg.model.type == 'IRNet':
        cfg.model.displacement = True
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = build(cfg)
        optim = build_optim_wrapper(model, cfg.optim_wrapper)
    rates = {group['lr'] / cfg.optim_wrapper.optimizer.lr
             for group in optim.optimizer.param_groups}
    # The last are those of an IRNet: backbone, boundaries, displacement.
    assert {round(rate, 6) for rate in rates} in (
        {1, 5}, {1, 10}, {10}, {0.2, 1, 10})  # {10}: all layers are new


@pytest.mark.parametrize('name', [
    'comnet_r50_voc.py', 'demo/comnet_lite0_demo.py',
    'msrc14/comnet_squeezenet_msrc14.py'])
def test_classifiers_know_the_size_of_each_image(
        demo_root: Path, name: str) -> None:
    cfg = Config.fromfile(CONFIGS / name)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        for loader in (cfg.train_dataloader, cfg.test_dataloader):
            dataset = VOCLabelDataset(
                str(demo_root), pipeline=loader.dataset.pipeline)
            for item in dataset:
                assert item['data_samples'].img_shape[:2] == (
                    item['inputs'].shape[1:])


def leaves(node: object, path: str = '') -> dict[str, object]:
    """Return all settings of nested dicts by their dotted names."""
    if not isinstance(node, dict):
        return {path: node}
    return {key: value for name, child in node.items()
            for key, value in leaves(child, f'{path}.{name}').items()}


@pytest.mark.parametrize('name', [
    'cam_r50', 'comnet_r50', 'irnet_r50', 'deeplabv2_r50', 'pipeline_r50'])
def test_coco_differs_in_its_data_and_their_number(name: str) -> None:
    voc, coco = (leaves(Config.fromfile(
        CONFIGS / f'{name}_{data}.py').to_dict()) for data in ('voc', 'coco'))
    changed = {key for key in {*voc, *coco} if voc.get(key) != coco.get(key)}
    assert {key.rsplit('.')[-1] for key in changed} <= {
        'data_root', 'train_list', 'image_set_path', 'labels', 'num_classes',
        'classifier', 'irnet', 'segmentor',
        'end', 'max_iters', 'val_interval', 'interval'}  # of DeepLab
    for key, value in coco.items():
        assert 'VOC2012' not in str(value), key
        assert 'train_aug' not in str(value), key


@pytest.mark.parametrize(('classifier', 'segmentor'), [
    ('demo/comnet_lite0_demo.py', 'demo/deeplabv2_lite0_demo.py'),
    ('voc12_small/comnet_r50_frozen_voc12.py',
     'voc12_small/deeplabv2_r50_frozen_voc12.py')])
def test_segmentor_reads_the_features_that_the_classifier_wrote(
        classifier: str, segmentor: str, demo_root: Path,
        tmp_path: Path) -> None:
    for name in classifier, segmentor:
        cfg = load_config(CONFIGS / name, dict(data_root=str(demo_root)))
        load, resize, _, pack = (  # not the flip
            step for step in cfg.train_dataloader.dataset.pipeline
            if step.type != 'LoadVOCMask')
        torch.manual_seed(0)  # for the same weights
        with scope_of(cfg):
            model = MODELS.build(cfg.model)
            image = Compose([load, resize, pack])(dict(
                img_path=str(demo_root / 'JPEGImages/train_00000.jpg')))
            images = model.data_preprocessor(
                {key: [value] for key, value in image.items()},
                training=True)['inputs']
        model.backbone(images)
        assert len(list((tmp_path / 'features').iterdir())) == 1


@pytest.mark.parametrize('name', PIPELINES)
def test_networks_of_a_pipeline_have_its_data_and_settings(name: str) -> None:
    for method, read in read_methods(CONFIGS / name, dict(
            data_root='D')).items():
        assert read.settings['data_root'] == 'D', method
        assert [name for name in read.steps if name != 'pixel_evaluation'][
            -1] == 'evaluation'
        for key in {'classifier', 'irnet', 'segmentor'} & {*read.steps}:
            network = Config.fromfile(read.steps[key].config)
            assert network.train_list == read.settings['train_list']
        if 'irnet' not in read.steps:  # of CAMs alone
            continue
        irnet = Config.fromfile(read.steps['irnet'].config)
        # maps that are not divided by their maximum take another walk
        walk = ({'normalize', 'num_steps'} if 'pixel_classifier' in read.steps
                else set())
        for key, allowed in (
                ('pseudo', {'bg_threshold', 'cam_dir', *walk}),
                ('affinity', {'fg_threshold', 'bg_threshold', 'cam_dir'})):
            own = Config.fromfile(CONFIGS / name).methods[method].get(key, {})
            assert {*own} <= allowed  # for CAMs of other heights
            assert {**irnet.get(key, {}), **own} == {
                name: value for name, value in read.steps[key].items()
                if name != 'type'}
        labels = read.built['affinity']
        assert 0 < labels.bg_threshold < labels.fg_threshold < 1


@pytest.mark.parametrize('name', [
    name for name in PIPELINES
    if not name.endswith('quick.py') and 'pixel' not in name])
def test_baseline_is_the_same_without_the_neck(name: str) -> None:
    methods = Config.fromfile(CONFIGS / name).methods
    folder = (CONFIGS / name).parent
    comnet, plain = (
        Config.fromfile(folder / methods[method].classifier).to_dict()
        for method in ('comnet', 'cam'))
    assert comnet['model'].pop('neck')
    assert plain['model'].pop('neck') is None
    assert comnet == plain

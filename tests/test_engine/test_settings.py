# Copyright (c) COMNet contributors. All rights reserved.
"""What the record of a training or prediction depends on, and what not."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from helpers.tool_runner import ROOT
from mmengine.config import Config

from comnet.engine.checkpoint import last_checkpoint
from comnet.engine.config import initial_weights, load_config
from comnet.engine.settings import prediction_settings, training_settings
from comnet.steps import Training, training
from comnet.utils.record import Record, file_identity

FROZEN = ROOT / 'configs/lite0/comnet_lite0.py'
CLASSIFIER = ROOT / 'tests/configs/comnet_tiny.py'
SEGMENTOR = ROOT / 'tests/configs/deeplabv2_tiny.py'


def settings(config: Path, root: Path, **options: object) -> dict:
    return training_settings(load_config(
        config, dict(data_root=str(root), **options)))


@pytest.mark.parametrize('place', [
    {'model.backbone.cache_dir': '/scratch/features'},
    {'pretrained': 'elsewhere.pth'},
    {'pretrained': None},
    {'default_hooks.cam.scales': (1.0, )},
    {'default_hooks.cam_pictures': dict(type='CAMPictureHook')},
    {'default_hooks.logger.interval': 1},
    {'default_hooks.checkpoint.interval': 7},
    {'default_hooks.progress': None},
    {'custom_hooks': [dict(type='mmseg.SegVisualizationHook')]},
    {'train_dataloader.num_workers': 7}])
def test_places_play_no_part(demo_root: Path, place: dict) -> None:
    assert settings(FROZEN, demo_root, **place) == settings(FROZEN, demo_root)


@pytest.mark.parametrize('option', [
    {'model.decode_head.init_cfg': dict(type='Normal', std=1.0)},
    {'model.init_cfg': dict(type='Kaiming', layer='Conv2d')},
    {'model.init_cfg': dict(type='Pretrained', checkpoint='a.pth',
                            prefix='backbone.')},
    {'sync_bn': 'torch'},
    {'default_hooks.ema': dict(type='EMAHook')},
    {'custom_hooks': [dict(type='EMAHook')]},
    {'default_hooks.sampler_seed': None},
    {'optim_wrapper.optimizer.lr': 7.0}])
def test_what_changes_the_weights_counts(
        demo_root: Path, option: dict) -> None:
    assert settings(SEGMENTOR, demo_root, **option) != settings(
        SEGMENTOR, demo_root)


def test_start_of_a_training_is_no_setting_of_a_prediction(
        demo_root: Path) -> None:
    plain, other = (prediction_settings(load_config(SEGMENTOR, dict(
        data_root=str(demo_root), **more)), 'test_dataloader')
        for more in ({}, {'model.init_cfg': dict(type='Kaiming')}))
    assert plain == other


def test_precision_of_a_prediction_counts(demo_root: Path) -> None:
    plain, half = (prediction_settings(load_config(FROZEN, dict(
        data_root=str(demo_root), **more)), 'test_dataloader')
        for more in ({}, {'test_cfg.fp16': True}))
    assert half == {**plain, 'fp16': True}


def test_all_weights_that_a_training_starts_from_count(
        demo_root: Path, tmp_path: Path) -> None:
    files = {}
    for name in ('backbone', 'model', 'before'):
        files[name] = str(tmp_path / f'{name}.pth')
        torch.save(dict(name=torch.tensor(len(files))), files[name])
    cfg = load_config(SEGMENTOR, dict(
        data_root=str(demo_root), pretrained=files['backbone'],
        load_from=files['before'], model=dict(init_cfg=dict(
            type='Pretrained', checkpoint=files['model']))))
    assert list(initial_weights(cfg).values()) == [
        files['backbone'], files['model']]
    cfg.train_dataloader.dataset.pop('image_set_path')  # of somebody else's
    assert len(set(Training(cfg, tmp_path).inputs().values())) == 3


def test_note_that_was_cut_off_names_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / 'last_checkpoint').write_text('')
    assert last_checkpoint(tmp_path) is None


@pytest.mark.parametrize('resume', [True, False])
def test_training_without_a_checkpoint_starts_from_load_from(
        demo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        resume: bool) -> None:
    """Also where it would go on, and its record says so."""
    started = []

    def build_runner(cfg: Config, work_dir: Path, launcher: str) -> object:
        started.append((cfg.get('resume'), cfg.load_from))
        return SimpleNamespace(
            train=lambda: (work_dir / 'last_checkpoint').touch())

    weights = tmp_path / 'a.pth'
    weights.write_bytes(b'weights')
    monkeypatch.setattr(training, 'build_runner', build_runner)
    Training(CLASSIFIER, tmp_path / 'work', dict(
        data_root=str(demo_root), load_from=str(weights)),
        resume=resume).run()
    assert started == [(False, str(weights))]
    assert Record.read(tmp_path / 'work').inputs['load_from'] == (
        file_identity(weights))

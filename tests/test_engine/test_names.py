# Copyright (c) COMNet contributors. All rights reserved.
"""Names in a config that mean nothing are told, with those that were meant."""

from pathlib import Path

import pytest

from comnet.engine.config import load_config
from comnet.utils import InputError


@pytest.mark.parametrize('option, line', [
    ('model.neck.0.alhpa', 'did you mean alpha?; model.neck.0 takes alpha,'),
    ('model.nck.0.alpha', 'did you mean neck?; model takes backbone,'),
    ('modle.neck', 'did you mean model?; the config takes '),
    ('pretraind', 'did you mean pretrained?; the config takes '),
    ('train_dataloader.batch_szie', 'did you mean batch_size?; train_datal'),
    ('train_cfg.max_epoch', 'did you mean max_epochs?; train_cfg takes '),
    ('optim_wrapper.optimizer.momentun', 'did you mean momentum?; optim_wr'),
    ('default_hooks.cam.scale', 'did you mean scales?; default_hooks.cam '),
    ('model.neck.0.xyz', 'no such setting; model.neck.0 takes alpha')])
def test_option_that_nobody_reads(demo_root: Path, option: str,
                                  line: str) -> None:
    with pytest.raises(InputError) as error:
        load_config('comnet_r50_voc.py',
                    {'data_root': str(demo_root), option: 1})
    assert f'comnet_r50_voc.py: {option}: no such setting' in str(error.value)
    assert line in str(error.value)


@pytest.mark.parametrize('option, value', [
    ('model.neck.0.alpha', 2), ('optim_wrapper.clip_grad.max_norm', 1),
    ('train_dataloader.drop_last', True), ('work_dir', 'work'),
    ('default_hooks.checkpoint.priority', 'LOW'), ('mask_dir', 'Masks'),
    # of a hook that passes on what it is given
    ('default_hooks.checkpoint.anything', 1), ('custom_hooks', []),
    ('model.backbone', dict(type='ConvNeXt', arch='tiny', _delete_=True))])
def test_option_that_somebody_reads(demo_root: Path, option: str,
                                    value: object) -> None:
    cfg = load_config('comnet_r50_voc.py',
                      {'data_root': str(demo_root), option: value})
    node = cfg
    for part in option.split('.'):
        node = node[int(part)] if part.isdecimal() else node[part]
    if not isinstance(value, dict):
        assert node == value


def test_settings_of_another_optimizer(demo_root: Path) -> None:
    cfg = load_config('comnet_r50_voc.py', {
        'data_root': str(demo_root), 'optim_wrapper.optimizer.type': 'AdamW',
        'optim_wrapper.optimizer.betas': (0.9, 0.99)})
    assert cfg.optim_wrapper.optimizer.betas == (0.9, 0.99)


@pytest.mark.parametrize('text, line', [
    ("model = dict(backbone=dict(type='ConvNext', _delete_=True))",
     "model.backbone.type is 'ConvNext': no such component; did you mean "
     'ConvNeXt?; mend the name, or let custom_imports name its module'),
    ("default_hooks = dict(mine=dict(type='MyOwnHook'))",
     "default_hooks.mine.type is 'MyOwnHook': no such component; mend the n"),
    ("model = dict(neck=[dict(type='InterMatching', alhpa=2)])",
     'model.neck.0.alhpa: no such setting; did you mean alpha?; model.neck.0'
     ' takes alpha')])
def test_component_that_there_is_not(demo_root: Path, tmp_path: Path,
                                     text: str, line: str) -> None:
    path = tmp_path / 'mine.py'
    path.write_text("_base_ = '{{$COMNET_CONFIGS:}}/comnet_r50_voc.py'\n"
                    f"data_root = '{demo_root}'\n{text}\n")
    with pytest.raises(InputError) as error:
        load_config(path)
    assert f'{path}: {line}' in str(error.value)

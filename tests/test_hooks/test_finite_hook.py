# Copyright (c) COMNet contributors. All rights reserved.
"""A training that has diverged stops, and leaves no checkpoint of NaN."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from helpers.ghost_cuda import CUDA, GhostCUDA
from helpers.lines import train
from helpers.tool_runner import error_of
from mmengine.logging import MessageHub
from mmengine.registry import HOOKS
from mmengine.structures import BaseDataElement

from comnet.utils import InputError

HOOK = dict(finite=dict(type='FiniteHook'))
DIVERGING = dict(type='SGD', lr=1e30)


def noted(name: str, values: list[float], scaler: bool = False
          ) -> SimpleNamespace:
    """Return a runner whose log was told of numbers."""
    hub = MessageHub.get_instance(f'{name}{len(MessageHub._instance_dict)}')
    for value in values:
        hub.update_scalar('train/lr', 0.25)
        hub.update_scalar(f'train/{name}', value)
    wrapper = SimpleNamespace(**dict(loss_scaler=None) if scaler else {})
    return SimpleNamespace(
        message_hub=hub, optim_wrapper=wrapper, iter=6, work_dir='work')


def look(runner: SimpleNamespace, outputs: dict | None = None) -> None:
    """Look at a batch of two pictures."""
    samples = [BaseDataElement(metainfo=dict(img_path=path))
               for path in ('a.jpg', 'b.jpg')]
    HOOKS.build(dict(type='FiniteHook')).after_train_iter(
        runner, 6, dict(data_samples=samples), outputs)


@pytest.mark.parametrize('name', ['loss', 'grad_norm'])
@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_line_names_iteration_rate_and_pictures(
        name: str, value: float) -> None:
    with pytest.raises(InputError, match=re.escape(
            f'work: {name} is {value} in iteration 7, at a learning rate of '
            '0.25, with a.jpg, b.jpg; lower optim_wrapper.optimizer.lr')):
        look(noted(name, [1, value]))
    look(noted(name, [value, 1]))  # only the last one counts


def test_gradient_may_overflow_where_the_loss_is_scaled() -> None:
    """Then the scaler skips the step, and lowers its factor."""
    look(noted('grad_norm', [float('inf')], scaler=True))
    with pytest.raises(InputError, match='loss is nan'):
        look(noted('loss', [float('nan')], scaler=True))


def test_nothing_more_waits_for_a_gpu() -> None:
    """The log has waited for the loss already."""
    with GhostCUDA() as gpu:
        loss = torch.ones(1).to(CUDA)
        gpu.reset()
        look(noted('loss', [1.0]), dict(loss=loss))
        assert not gpu.waits


def test_training_stops_at_the_first_loss(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='loss is (nan|inf) in iteration 2, '
                       r'at a learning rate of 1e\+30'):
        train(tmp_path, 3, hooks=HOOK,
              optim_wrapper=dict(optimizer=DIVERGING))
    assert not list(tmp_path.glob('*.pth'))
    assert not (tmp_path / 'last_checkpoint').exists()


def test_checkpoint_of_the_last_step_is_not_written(tmp_path: Path) -> None:
    """Its loss was finite, and the weights that it made are not."""
    with pytest.raises(InputError, match=r'state_dict\.layer\.weight holds '
                       'NaN or infinity after iteration 1, .* no checkpoint'):
        train(tmp_path, 1, hooks=HOOK, data=[
            dict(inputs=torch.full((3, ), 1e4))] * 2, optim_wrapper=dict(
                optimizer=dict(type='SGD', lr=1e38)))
    assert not list(tmp_path.glob('*.pth'))


@pytest.mark.parametrize('network', ['segmentor', 'irnet'])
def test_command_ends_with_one_line(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        network: str) -> None:
    line = error_of(
        'train.py', tiny_configs / f'{network}.py', '--work-dir', tmp_path,
        '--no-validate', '--cfg-options', f'data_root={demo_root}',
        'pretrained=None', 'mask_dir=SegmentationClass',
        'optim_wrapper.optimizer.lr=1e30')
    assert f'{tmp_path}: loss is ' in line
    assert 'in iteration 2, ' in line and 'JPEGImages/train_' in line
    assert '"finished": false' in (tmp_path / 'record.json').read_text()

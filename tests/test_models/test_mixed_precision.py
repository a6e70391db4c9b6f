# Copyright (c) COMNet contributors. All rights reserved.
"""Training with float16 and a scaled loss, as ``--amp`` does on a GPU.

A CPU's autocast and ``GradScaler`` have a GPU's rules, as far as these
networks' operations go.
"""

import pytest
import torch
from helpers.networks import batch, build
from helpers.tiny import TINY
from mmengine.config import Config
from torch import Tensor, nn

from comnet.engine.model import scope_of

SCALE = 2.0**10


def gradients(name: str, half: bool) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a network with frozen batch norm, its loss and all gradients.

    In half precision the step is a scaled one; a scale that was too large
    would have been halved.
    """
    torch.manual_seed(0)
    cfg = Config.fromfile(TINY / name)
    cfg.model.backbone.update(norm_eval=True, frozen_stages=1)
    with scope_of(cfg):
        model = build(cfg).train()
        data = model.data_preprocessor(batch(cfg.model, 2), True)
        with torch.autocast('cpu', torch.float16, enabled=half):
            loss, _ = model.parse_losses(model(**data, mode='loss'))
    scaler = torch.amp.GradScaler('cpu', init_scale=SCALE, enabled=half)
    trained = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert not half or scaler.get_scale() == SCALE
    return model, loss.detach(), torch.cat(
        [each.grad.flatten() for each in trained if each.grad is not None])


@pytest.mark.parametrize(
    'name', ['comnet_tiny.py', 'irnet_tiny.py', 'deeplabv2_tiny.py'])
def test_scaled_step_is_that_of_single_precision(name: str) -> None:
    model, loss, found = gradients(name, half=True)
    _, exact, expected = gradients(name, half=False)
    assert loss.dtype == found.dtype == torch.float32
    assert loss.item() == pytest.approx(exact.item(), rel=0.01)
    error = (found - expected).norm() / expected.norm()
    assert error < 0.05
    norms = [each for each in model.backbone.modules()
             if isinstance(each, nn.modules.batchnorm._BatchNorm)]
    assert norms
    assert all(each.num_batches_tracked == 0 for each in norms)

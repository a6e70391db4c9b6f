# Copyright (c) COMNet contributors. All rights reserved.
import pytest
import torch
from torch import nn

from comnet.engine import bf16_optim_wrapper
from comnet.engine.bf16_optim_wrapper import BF16OptimWrapper


@pytest.mark.parametrize('able, dtype', [
    (True, torch.bfloat16), (False, torch.float32)])
def test_multiplies_in_bfloat16_where_the_processor_can(
        monkeypatch: pytest.MonkeyPatch, able: bool,
        dtype: torch.dtype) -> None:
    """And learns in float32."""
    monkeypatch.setattr(bf16_optim_wrapper, 'has_bfloat16', lambda _: able)
    monkeypatch.setattr(bf16_optim_wrapper, 'get_device', lambda: 'cpu')
    torch.manual_seed(0)
    layer = nn.Linear(3, 1)
    before = layer.weight.detach().clone()  # (1, 3)
    wrapper = BF16OptimWrapper(torch.optim.SGD(layer.parameters(), lr=0.1))
    inputs = torch.tensor([[1., 2., 3.]])
    with wrapper.optim_context(layer):
        output = layer(inputs)  # (1, 1)
    assert output.dtype == dtype
    assert layer(inputs).dtype == torch.float32  # outside of the step
    wrapper.update_params(output.float().sum())
    assert layer.weight.dtype == torch.float32
    torch.testing.assert_close(layer.weight, before - 0.1 * inputs)


def test_a_processor_is_asked_and_nothing_else(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, 'is_available', lambda: False)
    assert not bf16_optim_wrapper.has_bfloat16('cpu')
    assert bf16_optim_wrapper.has_bfloat16('cuda')

# Copyright (c) COMNet contributors. All rights reserved.
import torch
from torch import nn

from comnet.engine.bf16_optim_wrapper import BF16OptimWrapper


def test_multiplies_in_bfloat16_and_learns_in_float32() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(3, 1)
    before = layer.weight.detach().clone()  # (1, 3)
    wrapper = BF16OptimWrapper(torch.optim.SGD(layer.parameters(), lr=0.1))
    inputs = torch.tensor([[1., 2., 3.]])
    with wrapper.optim_context(layer):
        output = layer(inputs)  # (1, 1)
    assert output.dtype == torch.bfloat16
    assert layer(inputs).dtype == torch.float32  # outside of the step
    wrapper.update_params(output.float().sum())
    assert layer.weight.dtype == torch.float32
    torch.testing.assert_close(layer.weight, before - 0.1 * inputs)

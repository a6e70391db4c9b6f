# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.device import get_device
from mmengine.optim import OptimWrapper
from mmengine.registry import OPTIM_WRAPPERS
from mmengine.runner import autocast
from torch import nn


@OPTIM_WRAPPERS.register_module()
class BF16OptimWrapper(OptimWrapper):
    """Mixed precision with bfloat16, on a CPU as well.

    mmengine's ``AmpOptimWrapper`` refuses a CPU. bfloat16 has the range of
    float32: no loss is scaled. A processor without instructions for it trains
    in float32: emulated, a convolution takes 17 times as long. The arguments
    are those of :class:`mmengine.optim.OptimWrapper`.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Run the forward pass of a step, see the base class."""
        with super().optim_context(model), autocast(
                get_device(), dtype=torch.bfloat16,
                enabled=has_bfloat16(get_device())):
            yield


def has_bfloat16(device: str) -> bool:
    """Tell whether a device has instructions for bfloat16, or is no CPU."""
    return device != 'cpu' or (
        torch.backends.mkldnn.is_available()
        and torch.ops.mkldnn._is_mkldnn_bf16_supported())

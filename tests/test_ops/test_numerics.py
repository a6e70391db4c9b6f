# Copyright (c) COMNet contributors. All rights reserved.
"""Products in full, whatever was set, and by whichever of two settings."""

from collections.abc import Iterator

import pytest
import torch

from comnet.ops.numerics import single_precision

CUDA = torch.backends.cuda.matmul


@pytest.fixture(autouse=True)
def default() -> Iterator[None]:
    yield
    torch.set_float32_matmul_precision('highest')


def test_older_setting_comes_back() -> None:
    torch.set_float32_matmul_precision('medium')
    with single_precision('cpu'):
        pass
    assert torch.get_float32_matmul_precision() == 'medium'


@pytest.mark.skipif(not hasattr(CUDA, 'fp32_precision'),
                    reason='this PyTorch has the older setting alone')
def test_newer_setting_comes_back() -> None:
    CUDA.fp32_precision = 'tf32'
    with single_precision('cpu'):
        assert CUDA.fp32_precision == 'ieee'
    assert CUDA.fp32_precision == 'tf32'


def test_autocast_is_left() -> None:
    points = torch.rand(4, 4)
    with torch.autocast('cpu', torch.bfloat16), single_precision('cpu'):
        assert (points @ points).dtype == torch.float32

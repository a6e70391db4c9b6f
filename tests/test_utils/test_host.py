# Copyright (c) COMNet contributors. All rights reserved.
"""Tensors that a GPU hands over at once."""

import torch
from helpers.ghost_cuda import CUDA, GhostCUDA

from comnet.utils.host import to_host

TENSORS = [
    torch.tensor(True), torch.arange(6).view(2, 3),
    torch.rand(3, 5, dtype=torch.float64)[:, ::2],
    torch.rand(7).half(), torch.rand(2, 3, 4, 5).permute(0, 3, 1, 2),
    torch.zeros(0, 4)]


def test_all_tensors_arrive_by_one_copy() -> None:
    with GhostCUDA() as gpu:
        moved = [each.to(CUDA) for each in TENSORS]
        arrived = to_host(*moved)
    assert gpu.waits.total() == 1
    for each, expected in zip(arrived, TENSORS, strict=True):
        assert each.device.type == 'cpu'
        assert each.dtype == expected.dtype
        assert torch.equal(each, expected)


def test_what_is_on_the_host_stays_as_it_is() -> None:
    assert all(each is expected for each, expected in zip(
        to_host(*TENSORS), TENSORS, strict=True))

# Copyright (c) COMNet contributors. All rights reserved.
"""What a GPU does of each network, operation and inferencer, without one.

The tensors are ghosts (``helpers/ghost_cuda.py``): an operation on tensors of
two devices is an error, and so is each wait of the host beyond a budget. Where
there is a GPU, it computes the same cases.
"""

from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
import torch
from helpers.ghost_cuda import CUDA, GhostCUDA
from helpers.gpu_cases import CASES, HALF
from helpers.gpu_operations import Run
from torch import Tensor

from comnet.ops import matching_vector
from comnet.utils import InputError


class Budget(NamedTuple):
    """What a case may take.

    Attributes:
        waits: How often the host waits for what the GPU computes.
        uploads: How often it waits until the GPU has what it was given.
        launches: Operations on the GPU.
    """
    waits: int
    uploads: int
    launches: int


# OpenMMLab's own: an upload an image, one or two a label; two waits for a
# segmentor's accuracy in training, one a picture for a classifier's labels and
# six for the areas of its masks. A frozen backbone waits for the pixels of
# each scale, whose file it looks for, and for what it writes.
BUDGETS = {
    'training of cam_r50_voc': Budget(0, 5, 550),
    'training of comnet_r50_voc': Budget(1, 5, 1210),
    'training of comnet_lite0': Budget(3, 5, 1330),
    'training of comnet_r50_frozen_voc12': Budget(3, 5, 1470),
    'training of comnet_squeezenet_msrc14': Budget(1, 5, 1030),
    'training of irnet_r50_voc': Budget(0, 12, 2640),
    'training of deeplabv2_r50_voc': Budget(2, 12, 950),
    'training of pixel_lite0': Budget(4, 12, 790),
    'training of displacements': Budget(0, 12, 4030),
    'prediction of comnet_r50_voc': Budget(3, 3, 860),
    'prediction of irnet_r50_voc': Budget(0, 6, 420),
    'prediction of deeplabv2_r50_voc': Budget(0, 6, 200),
    'prediction of pixel_r50_voc': Budget(0, 6, 230),
    'CAMs, matched with nothing': Budget(1, 1, 1210),
    'CAMs, matched with self': Budget(5, 1, 2980),
    'CAMs, matched with partners': Budget(5, 2, 3110),
    'CAMs of a frozen backbone': Budget(13, 1, 3410),
    'CAMs, matched with a class': Budget(1, 2, 1030),
    HALF: Budget(5, 1, 3240),
    'CAMInferencer': Budget(5, 1, 2540),
    'SegmentationInferencer': Budget(1, 2, 120),
    'SegmentationInferencer, augmented': Budget(1, 20, 910),
    'MatchingExplainer': Budget(28, 12, 12520),
    'VOCIoUMetric': Budget(7, 0, 20),
    'matching vector': Budget(2, 0, 1070),
    'nearest neighbors': Budget(0, 0, 60),
    'affinity losses': Budget(0, 0, 3600),
    'random walk': Budget(2, 0, 200),
    'PAR': Budget(0, 0, 180),
    'pixel classifier': Budget(4, 1, 330),
    'class moments': Budget(3, 0, 20),
    'enlarged argmax': Budget(0, 0, 20),
}


def run(name: str, folder: Path) -> Run:
    """Prepare a case, the same each time."""
    torch.manual_seed(0)
    return CASES[name](folder)


def agree(result: dict[str, Tensor], expected: dict[str, Tensor],
          tolerance: float) -> None:
    """Compare values by their mean difference, relative to the largest."""
    assert result.keys() == expected.keys()
    for name, value in expected.items():
        found = result[name].detach().cpu()
        assert (found.shape, found.dtype) == (value.shape, value.dtype), name
        gap = (found.double() - value.double()).abs().mean()
        assert gap <= tolerance * value.double().abs().max(), name


@pytest.mark.parametrize('name', CASES)
def test_host_rarely_waits(name: str, tmp_path: Path) -> None:
    with mock.patch('mmengine.device.utils.DEVICE', 'cpu'):
        expected = run(name, tmp_path / 'cpu')()
    half = name == HALF
    with GhostCUDA(autocast=half) as gpu, torch.set_grad_enabled(not half):
        call = run(name, tmp_path / 'gpu')
        gpu.reset()
        result = call()
        waits, uploads, launches = (
            gpu.waits.copy(), gpu.uploads.copy(), gpu.launches)
        agree(result, expected, 1e-4)
    budget = BUDGETS[name]
    assert waits.total() <= budget.waits, waits
    assert uploads.total() <= budget.uploads, uploads
    assert launches <= budget.launches


@pytest.mark.parametrize('question', [
    'value.item()', 'value.cpu()', 'value.tolist()', 'bool(value)',
    'value.nonzero()', 'value.unique()', 'value[value > 0]',
    'torch.zeros(1).copy_(value)'])
def test_ghost_counts_a_wait(question: str) -> None:
    with GhostCUDA() as gpu:
        value = torch.ones(1).to(CUDA)
        value[value > 0] = 2  # is masked_fill
        assert not gpu.waits
        eval(question)
    assert gpu.waits.total() == 1


def test_ghost_counts_an_upload_that_blocks() -> None:
    with GhostCUDA() as gpu:
        torch.ones(1).to(CUDA, non_blocking=True)
        assert not gpu.uploads
        one = torch.ones(1).to(CUDA)
        assert one[[0]].device == CUDA
        one.copy_(torch.ones(1))
    assert gpu.uploads.total() == 3


def test_ghost_refuses_tensors_of_two_devices() -> None:
    with GhostCUDA():
        one = torch.ones(2).to(CUDA)
        assert (one + torch.tensor(1)).tolist() == [2, 2]
        for refused in (lambda: one + torch.ones(2),
                        lambda: torch.ones(2)[one.long()],
                        lambda: torch.ones(2).add_(one)):
            with pytest.raises(RuntimeError, match='cuda:0 and cpu'):
                refused()


def test_features_on_a_gpu_that_are_not_finite_are_refused() -> None:
    features = torch.rand(1, 200, 8)
    features[0, 3, 2] = torch.nan
    with GhostCUDA() as gpu, pytest.raises(InputError, match='hold NaN'):
        matching_vector(features.to(CUDA))
    assert gpu.waits.total() == 1


def test_every_case_has_a_budget() -> None:
    assert BUDGETS.keys() == CASES.keys()


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
@pytest.mark.parametrize('name', CASES)
def test_gpu_equals_cpu(name: str, tmp_path: Path) -> None:
    with mock.patch('mmengine.device.utils.DEVICE', 'cpu'):
        expected = run(name, tmp_path / 'cpu')()
    with torch.backends.cudnn.flags(allow_tf32=False):
        agree(run(name, tmp_path / 'gpu')(), expected, 0.02)

# Copyright (c) COMNet contributors. All rights reserved.
"""A frozen backbone whose output is kept on disk."""

from pathlib import Path

import pytest
import torch
from helpers.ghost_cuda import CUDA, GhostCUDA
from mmpretrain.registry import MODELS
from torch import nn

BACKBONE = dict(
    type='TorchvisionBackbone', arch='resnet18', out_indices=(-2, -1))


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(3, 3, 64, 64, generator=torch.manual_seed(0))


def build(cache_dir: Path | None, seed: int = 0, **settings) -> nn.Module:
    torch.manual_seed(seed)
    return MODELS.build(dict(
        type='CachedBackbone', backbone=dict(BACKBONE, **settings),
        cache_dir=cache_dir and str(cache_dir)))


def count(backbone: nn.Module) -> list[int]:
    """Return a list that grows by the size of each batch it computes."""
    batches: list[int] = []
    backbone.backbone.register_forward_hook(
        lambda _, args, __: batches.append(len(args[0])))
    return batches


def test_equals_the_backbone(tmp_path: Path, images: torch.Tensor) -> None:
    cached = build(tmp_path)
    with torch.no_grad():
        expected = cached.backbone.eval()(images)
    for _ in range(2):  # computed, then read
        stages = cached(images)
        for stage, other in zip(stages, expected, strict=True):
            torch.testing.assert_close(stage, other, rtol=1e-3, atol=1e-3)
            assert stage.dtype == torch.float32


def test_computes_an_image_once(
        tmp_path: Path, images: torch.Tensor) -> None:
    cached = build(tmp_path)
    batches = count(cached)
    first = cached(images)
    again = cached(images.flip(0))  # in whatever batch it comes
    assert sum(batches) == 3
    for stage, other in zip(first, again, strict=True):
        assert torch.equal(stage, other.flip(0))
    cached(images.flip(3))
    assert sum(batches) == 6  # mirrored images are others


def test_goes_on_in_another_process(
        tmp_path: Path, images: torch.Tensor) -> None:
    build(tmp_path)(images)
    cached = build(tmp_path)
    batches = count(cached)
    cached(images)
    assert not batches


def test_is_shared_across_scopes(tmp_path: Path, images: torch.Tensor) -> None:
    build(tmp_path)(images)
    cached = build(tmp_path, type='mmpretrain.TorchvisionBackbone')
    batches = count(cached)
    cached(images)
    assert not batches


def test_does_not_read_files_of_other_weights(
        tmp_path: Path, images: torch.Tensor) -> None:
    build(tmp_path)(images)
    for cached in (build(tmp_path, seed=1),
                   build(tmp_path, out_indices=(-1, ))):
        batches = count(cached)
        cached(images)
        assert sum(batches) == 3


def test_does_not_read_files_of_another_arithmetic(
        tmp_path: Path, images: torch.Tensor) -> None:
    build(tmp_path)(images)
    with GhostCUDA():
        cached = build(tmp_path).to(CUDA)
        for tf32, files in ((True, 6), (False, 9), (True, 9)):
            with torch.backends.cudnn.flags(
                    enabled=False, allow_tf32=tf32):
                cached(images.to(CUDA))
            assert len([*tmp_path.iterdir()]) == files


def test_computes_anew_what_is_broken(
        tmp_path: Path, images: torch.Tensor) -> None:
    cached = build(tmp_path)
    first = cached(images)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:100])
    for stage, other in zip(first, cached(images), strict=True):
        assert torch.equal(stage, other)


def test_is_never_trained(tmp_path: Path, images: torch.Tensor) -> None:
    cached = build(tmp_path).train()
    assert not cached.backbone.training
    assert not any(p.requires_grad for p in cached.parameters())
    assert not cached(images)[0].requires_grad


def test_files_are_the_same_under_autocast(
        tmp_path: Path, images: torch.Tensor) -> None:
    expected = build(tmp_path / 'full')(images)
    for _ in range(2):  # computed, then read
        with torch.autocast('cpu', torch.bfloat16):
            stages = build(tmp_path / 'half')(images)
        for stage, other in zip(stages, expected, strict=True):
            assert torch.equal(stage, other)


def test_weights_that_are_loaded_later_count(
        tmp_path: Path, images: torch.Tensor) -> None:
    cached, other = build(tmp_path), build(tmp_path, seed=1)
    cached(images)
    cached.load_state_dict(other.state_dict())
    for stage, expected in zip(cached(images), other(images), strict=True):
        assert torch.equal(stage, expected)


def test_nothing_is_kept_without_a_folder(images: torch.Tensor) -> None:
    cached = build(None)
    with torch.no_grad():
        expected = cached.backbone.eval()(images)
    for stage, other in zip(cached(images), expected, strict=True):
        assert torch.equal(stage, other)

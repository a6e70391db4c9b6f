# Copyright (c) COMNet contributors. All rights reserved.
"""What is timed of COMNet's matching."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from measuring import (
    COST_COLUMNS,
    Call,
    Cost,
    cost_cells,
    machine,
    measure,
    print_head,
    print_row,
    print_steps,
)
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn
from torch.nn import functional as F

import comnet.models  # noqa: F401  # registers the models
from comnet.ops import matching_vector, nearest_neighbors

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'


def group_features(num_images: int, num_points: int, channels: int,
                   device: str) -> Tensor:
    """Draw features of a group with a common object, (1, n, c).

    Each image has the object's cluster and three backgrounds of its own, so
    that the two largest eigenvalues lie as far apart as in photographs.
    """
    generator = torch.Generator().manual_seed(0)
    centre = torch.randn(1, channels, generator=generator)
    images = []
    for _ in range(num_images):
        others = torch.randn(3, channels, generator=generator)
        member = torch.multinomial(
            torch.tensor([0.3, 0.3, 0.2, 0.2]), num_points, True,
            generator=generator)  # (num_points,)
        noise = torch.randn(num_points, channels, generator=generator)
        images.append(
            (torch.cat([centre, others])[member].relu() + noise).relu())
    return torch.cat(images).unsqueeze(0).to(device)


def literal_vector(features: Tensor) -> Tensor:
    """Solve Eq. 4 by the eigendecomposition of D̂, (1, n, c) -> (1, n)."""
    points = F.normalize(features, dim=2)
    matrix = points @ points.transpose(1, 2) - 1  # (1, n, n)
    return torch.linalg.eigh(matrix).eigenvectors[:, :, -1]


def literal_intra(module: nn.Module, feat: Tensor) -> Tensor:
    """Gather the neighbours, then run the MLP (Eq. 6 to 8), (1, N, c)."""
    neighbors = nearest_neighbors(feat, module.num_neighbors)  # (1, N, k)
    gathered = feat[0, neighbors]  # (1, N, k, c)
    return module.mlp(gathered).amax(dim=2)


def inter_case(*shape: int, device: str, literal: bool) -> Call:
    """Return a call that computes M* in one of the two ways."""
    return partial(literal_vector if literal else matching_vector,
                   group_features(*shape, device))


def intra_case(*shape: int, device: str, literal: bool,
               dtype: torch.dtype = torch.float32) -> Call:
    """Return a call of intra-matching, forward and backward."""
    feat = group_features(*shape, device).to(dtype)  # (1, N, c)
    channels, side = feat.shape[2], round(feat.shape[1]**0.5)
    torch.manual_seed(0)
    module = MODELS.build(dict(
        type='IntraMatching', in_channels=channels, keep_scale=False))
    nn.init.normal_(module.expand.weight, std=channels**-0.5)
    module = module.to(feat)
    feat = feat.requires_grad_()
    upstream = torch.rand_like(feat)

    def run() -> tuple[Tensor, ...]:
        if literal:
            out = literal_intra(module, feat)  # (1, N, c)
        else:
            image = feat.transpose(1, 2).unflatten(2, (side, side))
            out, = module((image, ))  # (1, c, side, side)
            out = out.flatten(2).transpose(1, 2)
        wanted = [feat, *module.parameters()]
        return out, *torch.autograd.grad(out, wanted, upstream)

    return run


def agreement(features: Tensor) -> tuple[float, float]:
    """Compare M* with float64 eigh: |cos| and the share of equal signs."""
    vector = matching_vector(features)[0].double()
    exact = literal_vector(features.double())[0]
    cosine = vector @ exact
    signs = (vector * cosine.sign()).sign() == exact.sign()
    return cosine.abs().item(), signs.double().mean().item()


def compare(case: Callable, *shape: int, literal: bool,
            args: Namespace) -> list[str]:
    """Measure ours and, on demand, the literal method."""
    def cost(literal: bool, repeats: int) -> Cost:
        return measure(
            partial(case, *shape, device=args.device, literal=literal),
            args.device, repeats)

    ours = cost(False, args.repeats)
    return cost_cells(
        ours, cost(True, min(args.repeats, 3)) if literal else None)


def print_matching(args: Namespace) -> None:
    """Print the tables of the two modules."""
    points = (args.size // 16)**2
    print_head(
        f'Inter-matching, N images of {points} points, c = {args.channels}',
        'N', 'n', *COST_COLUMNS, '1 - cos', 'equal signs')
    for number in args.group_sizes:
        shape = (number, points, args.channels)
        literal = number <= args.max_literal
        equal = ('-', '-')
        if literal:
            cosine, signs = agreement(group_features(*shape, args.device))
            equal = (f'{max(1 - cosine, 0):.0e}', f'{signs:.2%}')
        print_row(
            number, number * points,
            *compare(inter_case, *shape, literal=literal, args=args), *equal)
    print_head(
        f'Intra-matching, forward and backward, {points} points, '
        f'c = {args.channels}, k = 8', *COST_COLUMNS, 'largest difference')
    shape = (1, points, args.channels)
    # in double precision: where two neighbours nearly tie, rounding decides
    # which of them gets the gradient
    results = [intra_case(*shape, device=args.device, literal=literal,
                          dtype=torch.float64)() for literal in (False, True)]
    gap = max(((one - other).abs().max() / other.abs().max()).item()
              for one, other in zip(*results, strict=True))
    print_row(*compare(intra_case, *shape, literal=True, args=args),
              f'{gap:.0e}')


def training_step(config: str, args: Namespace) -> Call:
    """Return a call that takes a training step on random images."""
    cfg = Config.fromfile(CONFIGS / config)
    cfg.model.backbone.init_cfg = None
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        model = MODELS.build(cfg.model).to(args.device).train()
        optim = build_optim_wrapper(model, cfg.optim_wrapper)
    generator = torch.Generator().manual_seed(0)
    meta = dict(group_size=2, img_shape=(args.size, args.size))
    data = dict(
        inputs=[torch.randint(256, (3, args.size, args.size),
                              generator=generator, dtype=torch.uint8)
                for _ in range(2 * args.pairs)],
        data_samples=[
            DataSample(metainfo=meta).set_gt_label([0])
            for _ in range(2 * args.pairs)])
    return partial(model.train_step, data, optim)


def run(args: Namespace) -> None:
    """Print the tables."""
    print(machine(args.device))
    print_matching(args)
    print_steps(
        f'Training step, ResNet-50, {args.pairs} pair(s) of {args.size} x '
        f'{args.size}',
        {'plain CAM': partial(training_step, 'cam_r50_voc.py', args),
         'COMNet': partial(training_step, 'comnet_r50_voc.py', args)},
        args.device, args.repeats, digits=3)

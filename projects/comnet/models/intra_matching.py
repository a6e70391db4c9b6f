# Copyright (c) COMNet contributors. All rights reserved.
import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..ops import (
    SIMILARITIES,
    nearest_neighbors,
    neighbor_max,
    neighbor_mean,
)
from ..utils import InputError
from ..utils.schema import Limits, check_value
from .feature_info import FeatureInfo
from .inter_matching import Matches

REDUCTIONS = {'max': neighbor_max, 'mean': neighbor_mean}


@MODELS.register_module()
class IntraMatching(BaseModule):
    """Spread features between similar points (COMNet, Sec. III-B).

    Each point takes the element-wise maximum over the MLP of its k most
    similar points of the same image, p'(i) = max_j MLP(p(j)) (Eq. 6 to 8), or
    the mean. All-zero points are padding and stay zero.

    Args:
        in_channels: Channels of the last stage. None is for no MLP: points of
            a classifier that was not trained with one.
        mid_channels: Channels inside the MLP, a bottleneck that is added to
            its input. Defaults to ``in_channels // 8``.
        num_neighbors: k, 1 to 256, cut to the number of other points.
        similarity: 'inner', 'cosine' or 'l2'. Defaults to 'cosine': with inner
            products a few points of large norm are everybody's neighbours.
        reduce: What a point takes of its neighbours, their element-wise 'max'
            (Eq. 8) or their 'mean'.
        residual: Whether to add the result to the input, as the module's first
            publication did; else it takes its place (Eq. 8).
        keep_scale: Whether to give each image's result the mean absolute
            activation of its input. The maximum raises it (to the threefold
            with SqueezeNet), and a classifier behind it overshoots at a
            learning rate that is right without. The factor is a constant for
            the gradient.
        init_cfg: The config to control the initialization. Without it the MLP
            starts as the identity.

    Raises:
        InputError: There is no such k, similarity or reduction.
    """

    def __init__(self,
                 in_channels: int | None,
                 mid_channels: int | None = None,
                 num_neighbors: int = 8,
                 similarity: str = 'cosine',
                 reduce: str = 'max',
                 residual: bool = False,
                 keep_scale: bool = True,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if similarity not in SIMILARITIES:
            raise InputError(f'IntraMatching: similarity is {similarity!r}; '
                             f'give one of {SIMILARITIES}')
        if reduce not in REDUCTIONS:
            raise InputError(f'IntraMatching: reduce is {reduce!r}; give one '
                             f'of {tuple(REDUCTIONS)}')
        check_value('IntraMatching: num_neighbors', num_neighbors, (int, ),
                    Limits(at_least=1, at_most=256))
        self.num_neighbors = num_neighbors
        self.similarity = similarity
        self.reduce = reduce
        self.residual = residual
        self.keep_scale = keep_scale
        self.in_channels = in_channels
        self.signed = False
        if in_channels is None:
            return
        mid_channels = mid_channels or max(1, in_channels // 8)
        self.squeeze = nn.Linear(in_channels, mid_channels, bias=False)
        self.expand = nn.Linear(mid_channels, in_channels, bias=False)
        nn.init.zeros_(self.expand.weight)

    def fit(self, info: FeatureInfo) -> None:
        """Take over whether a backbone's last stage has negative values.

        Then the MLP does not end in a ReLU, which would take them away.

        Raises:
            InputError: The MLP is for other channels.
        """
        self.signed = info.signed[-1]
        channels = info.channels[-1]
        if self.in_channels not in (None, channels):
            raise InputError(
                f'IntraMatching: in_channels is {self.in_channels}, but the '
                f'last stage of the backbone has {channels} channels; set '
                f'in_channels={channels}, or None for no MLP')

    def mlp(self, points: Tensor) -> Tensor:
        """Transform each point by itself, (B, N, c) -> (B, N, c)."""
        if self.in_channels is None:
            return points
        points = points + self.expand(self.squeeze(points).relu())
        return points if self.signed else points.relu()

    def forward(self,
                feats: tuple[Tensor, ...],
                matches: Matches | None = None,
                guide: Tensor | None = None) -> tuple[Tensor, ...]:
        """Update the last stage.

        Args:
            feats: Stages of the backbone, the last of shape (B, c, h, w).
            matches: Takes the neighbours.
            guide: What is to be similar, shape (B, c', h, w), by default the
                last stage itself.

        Returns:
            The same stages, the last one updated.
        """
        feat = feats[-1]
        if feat[0, 0].numel() < 2:  # a single point has no neighbour
            return feats
        points = feat.flatten(2).transpose(1, 2).contiguous()  # (B, h w, c)
        similar = points if guide is None else (
            guide.flatten(2).transpose(1, 2).contiguous())  # (B, h w, c')
        neighbors = nearest_neighbors(similar, self.num_neighbors,
                                      self.similarity)  # (B, h w, k)
        if self.signed:
            neighbors = _real_neighbors(neighbors, similar)
        if matches is not None and matches.neighbors is None:
            matches.neighbors = neighbors.unflatten(1, feat.shape[2:])
        # h(gather(p)) = gather(h(p)): the MLP runs once a point
        updated = REDUCTIONS[self.reduce](
            self.mlp(points), neighbors)  # (B, h w, c)
        if self.residual:
            updated = points + updated
        weight = similar.any(dim=2, keepdim=True).to(updated)  # 0 at padding
        if self.keep_scale:
            weight = weight * _scale_ratio(points, updated, weight)
        updated = updated * weight
        updated = updated.transpose(1, 2).unflatten(2, feat.shape[2:])
        return (*feats[:-1], updated)


def _real_neighbors(neighbors: Tensor, points: Tensor) -> Tensor:
    """Put the nearest neighbour in the place of padding.

    Where there are fewer real points than neighbours the others are padding,
    whose zeros are above negative values.

    Args:
        neighbors: Indices, shape (B, N, k).
        points: Features (B, N, c), all-zero at padding.
    """
    real = points.any(dim=2, keepdim=True).expand(neighbors.shape)
    return torch.where(real.gather(1, neighbors), neighbors,
                       neighbors[..., :1])


@torch.no_grad()
def _scale_ratio(wanted: Tensor, given: Tensor, weight: Tensor) -> Tensor:
    """Divide the sums of the absolute values of images.

    Args:
        wanted: Points of one scale, shape (B, N, c).
        given: Points of another scale, shape (B, N, c).
        weight: 0 where the latter do not count, else 1, shape (B, N, 1).

    Returns:
        Shape (B, 1, 1), 1 for an image of which nothing is left.
    """
    wanted, given = (
        torch.linalg.vector_norm(points, 1, dim=2, keepdim=True,
                                 dtype=torch.float32)  # (B, N, 1)
        for points in (wanted, given))
    wanted = wanted.sum(1, keepdim=True)  # (B, 1, 1)
    given = (given * weight).sum(1, keepdim=True)
    return torch.where(given > 0, wanted / given, 1).to(weight)

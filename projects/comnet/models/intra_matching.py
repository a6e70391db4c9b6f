# Copyright (c) COMNet contributors. All rights reserved.
import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..ops import SIMILARITIES, nearest_neighbors, neighbor_max


@MODELS.register_module()
class IntraMatching(BaseModule):
    """Spread features between similar points (COMNet, Sec. III-B).

    Each point takes the element-wise maximum over the MLP of its k most
    similar points of the same image (Eq. 6 to 8). All-zero points are padding
    and stay zero.

    Args:
        in_channels (int): Channels of the last stage.
        mid_channels (int, optional): Channels inside the MLP, a bottleneck
            that is added to its input. Defaults to ``in_channels // 8``.
        num_neighbors (int): k, cut to the number of other points.
            Defaults to 8.
        similarity (str): 'inner', 'cosine' or 'l2'. Defaults to 'cosine':
            with inner products a few points of large norm are everybody's
            neighbours.
        residual (bool): Whether to add the result to the input, as the
            module's first publication did; else it takes its place (Eq. 8).
            Defaults to False.
        keep_scale (bool): Whether to give each image's result the mean
            absolute activation of its input. The maximum raises it (to the
            threefold with SqueezeNet), and a classifier behind it overshoots
            at a learning rate that is right without. The factor is a
            constant for the gradient. Defaults to True.
        init_cfg (dict, optional): The config to control the initialization.
            Without it the MLP starts as the identity.
    """

    def __init__(self,
                 in_channels: int,
                 mid_channels: int | None = None,
                 num_neighbors: int = 8,
                 similarity: str = 'cosine',
                 residual: bool = False,
                 keep_scale: bool = True,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if similarity not in SIMILARITIES:
            raise ValueError(f'similarity is {similarity!r}, it must be one '
                             f'of {SIMILARITIES}')
        if not 1 <= num_neighbors <= 256:
            raise ValueError(f'num_neighbors is {num_neighbors}, it must be '
                             'from 1 to 256')
        self.num_neighbors = num_neighbors
        self.similarity = similarity
        self.residual = residual
        self.keep_scale = keep_scale
        mid_channels = mid_channels or max(1, in_channels // 8)
        self.reduce = nn.Linear(in_channels, mid_channels, bias=False)
        self.expand = nn.Linear(mid_channels, in_channels, bias=False)
        nn.init.zeros_(self.expand.weight)

    def mlp(self, points: Tensor) -> Tensor:
        """Transform each point by itself, (B, N, c) -> (B, N, c)."""
        return (points + self.expand(self.reduce(points).relu())).relu()

    def forward(self, feats: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Update the last stage.

        Args:
            feats: Stages of the backbone, the last of shape (B, c, h, w).

        Returns:
            The same stages, the last one updated.
        """
        feat = feats[-1]
        if feat[0, 0].numel() < 2:  # a single point has no neighbour
            return feats
        points = feat.flatten(2).transpose(1, 2).contiguous()  # (B, h w, c)
        neighbors = nearest_neighbors(points, self.num_neighbors,
                                      self.similarity)  # (B, h w, k)
        # h(gather(p)) = gather(h(p)): the MLP runs once a point
        updated = neighbor_max(self.mlp(points), neighbors)  # (B, h w, c)
        updated = updated * points.any(dim=2, keepdim=True)  # 0 at padding
        if self.residual:
            updated = points + updated
        if self.keep_scale:
            updated = updated * _mean_ratio(points, updated).to(updated)
        updated = updated.transpose(1, 2).unflatten(2, feat.shape[2:])
        return (*feats[:-1], updated)


@torch.no_grad()
def _mean_ratio(wanted: Tensor, given: Tensor) -> Tensor:
    """Divide the mean absolute values of images (B, N, c), (B, 1, 1).

    It is 1 for an image of which nothing is left.
    """
    wanted, given = (points.float().abs().mean(dim=(1, 2), keepdim=True)
                     for points in (wanted, given))
    return torch.where(given > 0, wanted / given, 1)

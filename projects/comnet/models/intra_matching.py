# Copyright (c) COMNet contributors. All rights reserved.
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
        num_neighbors (int): k, cut to the number of other points.
            Defaults to 8.
        similarity (str): 'inner', 'cosine' or 'l2'. Defaults to 'cosine':
            with inner products a few points of large norm are everybody's
            neighbours.
        num_layers (int): Layers of the MLP, each a linear map without bias
            and a ReLU. Defaults to 1.
        residual (bool): Whether to add the result to the input, as the
            module's first publication did; else it takes its place (Eq. 8).
            Defaults to False.
        init_cfg (dict, optional): The config to control the initialization.
            Without it the MLP starts as the identity.
    """

    def __init__(self,
                 in_channels: int,
                 num_neighbors: int = 8,
                 similarity: str = 'cosine',
                 num_layers: int = 1,
                 residual: bool = False,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if similarity not in SIMILARITIES:
            raise ValueError(f'similarity is {similarity!r}, it must be one '
                             f'of {SIMILARITIES}')
        if num_neighbors < 1 or num_layers < 1:
            raise ValueError('num_neighbors and num_layers must be at least 1')
        self.num_neighbors = num_neighbors
        self.similarity = similarity
        self.residual = residual
        layers: list[nn.Module] = []
        for _ in range(num_layers):
            layer = nn.Conv2d(in_channels, in_channels, 1, bias=False)
            nn.init.dirac_(layer.weight)
            layers += [layer, nn.ReLU(inplace=True)]
        self.mlp = nn.Sequential(*layers)

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
        points = feat.flatten(2).transpose(1, 2)  # (B, h w, c)
        neighbors = nearest_neighbors(points, self.num_neighbors,
                                      self.similarity)  # (B, h w, k)
        # h(gather(p)) = gather(h(p)): the MLP runs once a point
        hidden = self.mlp(feat).flatten(2).transpose(1, 2)  # (B, h w, c)
        updated = neighbor_max(hidden, neighbors)  # (B, h w, c)
        updated = updated * points.any(dim=2, keepdim=True)  # 0 at padding
        updated = updated.transpose(1, 2).reshape(feat.shape)
        if self.residual:
            updated = feat + updated
        return (*feats[:-1], updated)

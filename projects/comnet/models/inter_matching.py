# Copyright (c) COMNet contributors. All rights reserved.
import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor

from ..ops import matching_vector


@MODELS.register_module()
class InterMatching(BaseModule):
    """Strengthen what co-occurs in a group of images (COMNet, Sec. III-A).

    In training, every position with a positive entry of M* (Eq. 4) is
    multiplied by alpha (Eq. 5); M*'s sign is chosen so that the positive side
    has the stronger activation. No gradient flows through the choice. At
    test time images come alone: they pass unchanged.

    Args:
        group_size (int): Images in a group, adjacent in the batch.
            Defaults to 2.
        alpha (float): Factor of the co-occurring positions. Defaults to 1.5.
        probability (float): Share of the training batches that are matched.
            Below 1 the layers behind also see features as they are at test
            time. Defaults to 1.
        init_cfg (dict, optional): The config to control the initialization.
    """

    def __init__(self,
                 group_size: int = 2,
                 alpha: float = 1.5,
                 probability: float = 1.0,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if group_size < 2:
            raise ValueError(f'group_size is {group_size}, a group has at '
                             'least two images')
        if alpha <= 1:
            raise ValueError(f'alpha is {alpha}, it must be above 1')
        self.group_size = group_size
        self.alpha = alpha
        self.probability = probability

    def forward(self, feats: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Re-weight the last stage.

        Args:
            feats: Stages of the backbone, the last of shape (B, c, h, w) with
                B a multiple of ``group_size``.

        Returns:
            The same stages, the last one re-weighted.
        """
        if not self.training or torch.rand(()) >= self.probability:
            return feats
        mask = self.match(feats[-1])  # (B, 1, h, w)
        weight = torch.where(mask > 0, self.alpha, 1.0).to(feats[-1].dtype)
        return (*feats[:-1], feats[-1] * weight)

    @torch.no_grad()
    def match(self, feat: Tensor) -> Tensor:
        """Find what co-occurs in each group.

        Args:
            feat: Shape (B, c, h, w), groups adjacent.

        Returns:
            M* with its sign chosen, shape (B, 1, h, w); above 0 where the
            group's images match.
        """
        batch, channels, height, width = feat.shape
        if batch % self.group_size:
            raise ValueError(
                f'a batch of {batch} images is not made of groups of '
                f'{self.group_size}; use PairedVOCDataset with this '
                'group_size and collate_fn=dict(type="group_collate")')
        points = feat.reshape(-1, self.group_size, channels, height * width)
        points = points.transpose(2, 3).flatten(1, 2)  # (groups, N h w, c)
        vector = matching_vector(points)  # (groups, N h w)
        strength = points.float().norm(dim=2)  # (groups, N h w)
        side = (vector.sign() * self._centered(strength)).sum(1, keepdim=True)
        vector = torch.where(side < 0, -vector, vector)
        return vector.reshape(batch, 1, height, width)

    @staticmethod
    def _centered(strength: Tensor) -> Tensor:
        """Subtract each group's mean over real positions; padding stays 0."""
        real = strength > 0
        count = real.sum(1, keepdim=True).clamp(1)
        mean = strength.sum(1, keepdim=True) / count
        return (strength - mean) * real

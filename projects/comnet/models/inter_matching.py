# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import dataclass

import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor

from ..ops import matching_vector
from ..utils import InputError
from ..utils.schema import Limits, check_value


@dataclass
class Matches:
    """What matching modules find in a batch of B images.

    It is handed to them empty. What is there already stays, so that the
    first module, and the first of several scales, is the one that counts.

    Attributes:
        strength: M*, above 0 where it strengthens, shape (B, 1, h, w); of
            class-wide matching a channel a class of the first image, shape
            (B, K, h, w).
        neighbors: Indices of the points that intra-matching gathers at each
            point, shape (B, h, w, k), int64.
    """
    strength: Tensor | None = None
    neighbors: Tensor | None = None


@MODELS.register_module()
class InterMatching(BaseModule):
    """Strengthen what co-occurs in a group of images (COMNet, Sec. III-A).

    Every position with a positive entry of M* (Eq. 4) is multiplied by alpha:
    F'(i) = alpha F(i) where M*(i) > 0, else F(i) (Eq. 5). No gradient flows
    through the choice. A group of 1 is an image matched with itself alone. In
    evaluation images without a group size pass unchanged.

    The sign of M*, an eigenvector, is arbitrary: the features are longer on
    the positive side.

    Args:
        alpha: Factor of the co-occurring positions, above 1.
        init_cfg: The config to control the initialization.

    Raises:
        InputError: There is no such alpha.
    """

    def __init__(self,
                 alpha: float = 1.5,
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        check_value('InterMatching: alpha', alpha, (float, ), Limits(above=1))
        self.alpha = alpha

    def forward(self,
                feats: tuple[Tensor, ...],
                group_size: int | None = None,
                matches: Matches | None = None,
                alike: Tensor | None = None) -> tuple[Tensor, ...]:
        """Re-weight the last stage.

        Args:
            feats: Stages of the backbone, the last of shape (B, c, h, w) with
                B a multiple of the group size.
            group_size: Images in a group, adjacent in the batch.
            matches: Takes M*.
            alike: Whether the images of each group share a class, bool, shape
                (B / N,); M* of those that do not is 0. By default all do.

        Returns:
            The same stages, the last one re-weighted.

        Raises:
            InputError: A training without groups.
            ValueError: The batch is not made of whole groups.
        """
        if group_size is None:
            if self.training:
                raise InputError(
                    'InterMatching: the training images are not in groups; '
                    'use model.type="COMNet", and in train_dataloader '
                    'dataset.type="PairedVOCDataset" and '
                    'collate_fn=dict(type="group_collate")')
            return feats
        strength = self.match(feats[-1], group_size)  # (B, 1, h, w)
        if alike is not None:
            shares = alike.repeat_interleave(group_size)  # (B,)
            strength = strength * shares[:, None, None, None]
        if matches is not None and matches.strength is None:
            matches.strength = strength
        weight = torch.where(strength > 0, self.alpha, 1.0).to(feats[-1].dtype)
        return (*feats[:-1], feats[-1] * weight)

    @torch.no_grad()
    def match(self, feat: Tensor, group_size: int) -> Tensor:
        """Find what co-occurs in each group.

        Args:
            feat: Shape (B, c, h, w), groups adjacent; all-zero positions are
                padding.
            group_size: Images in a group.

        Returns:
            M* with its sign chosen, shape (B, 1, h, w); above 0 where the
            group's images match, 0 at padding.

        Raises:
            ValueError: See :meth:`forward`.
        """
        grouped = split_groups(feat, group_size)  # (G, N, c, h, w)
        points = grouped.flatten(3).transpose(2, 3).flatten(1, 2)
        vector = matching_vector(points)  # (G, N h w)
        strength = feat.float().norm(dim=1, keepdim=True)  # (B, 1, h, w)
        real = strength.gt(0).float()
        evidence = _centered(split_groups(strength, group_size).flatten(1),
                             split_groups(real, group_size).flatten(1))
        side = (vector.sign() * evidence).sum(1, keepdim=True)  # (G, 1)
        vector = torch.where(side < 0, -vector, vector)
        return vector.reshape(strength.shape)


def split_groups(batch: Tensor, group_size: int) -> Tensor:
    """Split a batch into groups of N adjacent images, (B, …) -> (B/N, N, …).

    Args:
        batch: Anything of B images, the images of a group adjacent.
        group_size: N.

    Raises:
        ValueError: The batch is not made of whole groups.
    """
    if len(batch) % group_size:
        raise ValueError(
            f'a batch of {len(batch)} images is not made of groups of '
            f'{group_size}')
    return batch.unflatten(0, (-1, group_size))


def _centered(evidence: Tensor, real: Tensor) -> Tensor:
    """Subtract a group's mean over real positions, (G, n); padding gets 0."""
    count = real.sum(1, keepdim=True).clamp(1)
    mean = (evidence * real).sum(1, keepdim=True) / count
    return (evidence - mean) * real

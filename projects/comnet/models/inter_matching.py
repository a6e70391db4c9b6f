# Copyright (c) COMNet contributors. All rights reserved.
import torch
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS
from torch import Tensor
from torch.nn import functional as F

from ..ops import matching_vector
from ..utils import InputError

ORIENTATIONS = ('strength', 'labels', 'border')


@MODELS.register_module()
class InterMatching(BaseModule):
    """Strengthen what co-occurs in a group of images (COMNet, Sec. III-A).

    Every position with a positive entry of M* (Eq. 4) is multiplied by alpha:
    F'(i) = alpha F(i) where M*(i) > 0, else F(i) (Eq. 5). No gradient flows
    through the choice. A group of 1 is an image matched with itself alone. In
    evaluation images without a group size pass unchanged.

    The sign of M*, an eigenvector, is arbitrary; ``orientation`` says what is
    higher on the positive side:

    - 'strength': the length of the features;
    - 'labels': the scores of the group's common classes;
    - 'border': the share of positions that are not at the image's border.

    Args:
        alpha: Factor of the co-occurring positions, above 1.
        orientation: 'strength', 'labels' or 'border'.
        init_cfg: The config to control the initialization.

    Raises:
        InputError: There is no such alpha or orientation.
    """

    def __init__(self,
                 alpha: float = 1.5,
                 orientation: str = 'strength',
                 init_cfg: dict | None = None) -> None:
        super().__init__(init_cfg=init_cfg)
        if alpha <= 1:
            raise InputError(f'InterMatching: alpha is {alpha}; give a number '
                             'above 1')
        if orientation not in ORIENTATIONS:
            raise InputError(f'InterMatching: orientation is {orientation!r}; '
                             f'give one of {ORIENTATIONS}')
        self.alpha = alpha
        self.orientation = orientation

    def forward(self,
                feats: tuple[Tensor, ...],
                group_size: int | None = None,
                common_cam: Tensor | None = None) -> tuple[Tensor, ...]:
        """Re-weight the last stage.

        Args:
            feats: Stages of the backbone, the last of shape (B, c, h, w) with
                B a multiple of the group size.
            group_size: Images in a group, adjacent in the batch.
            common_cam: Scores of each group's common classes, shape
                (B, 1, h, w), for the orientation 'labels'.

        Returns:
            The same stages, the last one re-weighted.

        Raises:
            InputError: A training without groups, or the orientation
                'labels' without scores.
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
        mask = self.match(feats[-1], group_size, common_cam)  # (B, 1, h, w)
        weight = torch.where(mask > 0, self.alpha, 1.0).to(feats[-1].dtype)
        return (*feats[:-1], feats[-1] * weight)

    @torch.no_grad()
    def match(self,
              feat: Tensor,
              group_size: int,
              common_cam: Tensor | None = None) -> Tensor:
        """Find what co-occurs in each group.

        Args:
            feat: Shape (B, c, h, w), groups adjacent; all-zero positions are
                padding.
            group_size: Images in a group.
            common_cam: See :meth:`forward`.

        Returns:
            M* with its sign chosen, shape (B, 1, h, w); above 0 where the
            group's images match, 0 at padding.

        Raises:
            InputError: See :meth:`forward`.
            ValueError: See :meth:`forward`.
        """
        grouped = split_groups(feat, group_size)  # (G, N, c, h, w)
        points = grouped.flatten(3).transpose(2, 3).flatten(1, 2)
        vector = matching_vector(points)  # (G, N h w)
        strength = feat.float().norm(dim=1, keepdim=True)  # (B, 1, h, w)
        real = strength.gt(0).float()
        if self.orientation == 'strength':
            evidence = strength
        elif self.orientation == 'border':
            evidence = _inside(real)
        elif common_cam is None:
            raise InputError('InterMatching: orientation="labels" takes the '
                             'scores of common classes; use '
                             'model.type="COMNet"')
        else:
            evidence = common_cam.float()
        evidence = _centered(split_groups(evidence, group_size).flatten(1),
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


def _inside(real: Tensor) -> Tensor:
    """Return 0 at the border of each image and 1 inside, (B, 1, h, w)."""
    outside = F.pad(1 - real, (1, 1, 1, 1), value=1)  # (B, 1, h + 2, w + 2)
    return 1 - F.max_pool2d(outside, kernel_size=3, stride=1)


def _centered(evidence: Tensor, real: Tensor) -> Tensor:
    """Subtract a group's mean over real positions, (G, n); padding gets 0."""
    count = real.sum(1, keepdim=True).clamp(1)
    mean = (evidence * real).sum(1, keepdim=True) / count
    return (evidence - mean) * real

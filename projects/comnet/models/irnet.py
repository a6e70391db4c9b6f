# Copyright (c) COMNet contributors. All rights reserved.
"""IRNet: class boundaries learnt from confident pixels of CAMs."""

from collections.abc import Sequence
from contextlib import nullcontext

import torch
from mmengine.dist import all_reduce
from mmengine.model import BaseModel
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from torch import Tensor
from torch.nn import functional as F

from ..ops.affinity_losses import PairCounts, affinity_losses, pair_loss_sums
from ..utils import InputError
from .irnet_branches import OUT_STRIDE, BoundaryBranch, DisplacementBranch


@MODELS.register_module()
class IRNet(BaseModel):
    """Inter-pixel Relation Network (IRN, Sec. 4).

    It learns from pairs of nearby pixels of affinity labels, given as
    ``gt_sem_seg``, and predicts a class boundary map at stride 4, the
    barrier of the random walk. Averages over pairs are taken over the batch
    of all processes.

    Args:
        backbone: Config of a backbone that returns several stages.
        in_channels: Channels of these stages.
        strides: Strides of these stages, ascending.
        radius: Pairs are closer than this, in pixels at stride 4.
        edge_channels: Channels of each stage in the boundary branch, a
            multiple of 8.
        ignore_index: Label of pixels that nothing is learnt from.
        displacement: Whether to learn the displacements to objects' centres,
            too. Only the masks of single objects need them, and a backbone
            that is trained learns from them; the boundaries of a frozen one
            are the same without.
        freeze_backbone: Whether only the branches are trained; the backbone is
            then always in evaluation mode.
        data_preprocessor: Config of mmseg's ``SegDataPreProcessor``.
        init_cfg: Initialisation config.
        pretrained, train_cfg, test_cfg: None, which mmseg's ``init_model``
            gives to every model.

    Raises:
        InputError: If the stages' channels and strides do not fit together,
            or ``edge_channels`` is no multiple of 8.
    """

    def __init__(self,
                 backbone: dict,
                 in_channels: Sequence[int],
                 strides: Sequence[int],
                 radius: int = 10,
                 edge_channels: int = 32,
                 ignore_index: int = 255,
                 displacement: bool = True,
                 freeze_backbone: bool = True,
                 data_preprocessor: dict | None = None,
                 init_cfg: dict | None = None,
                 pretrained: None = None,
                 train_cfg: None = None,
                 test_cfg: None = None) -> None:
        super().__init__(data_preprocessor, init_cfg)
        if len(in_channels) != len(strides) or list(strides) != sorted(
                strides):
            raise InputError(
                f'IRNet: in_channels {list(in_channels)} and strides '
                f'{list(strides)} must name one number a stage of the '
                'backbone, from the finest to the coarsest')
        if edge_channels < 8 or edge_channels % 8:
            raise InputError(f'IRNet: edge_channels is {edge_channels}: give '
                             'a multiple of 8')
        self.in_channels = list(in_channels)
        self.radius = radius
        self.ignore_index = ignore_index
        self.freeze_backbone = freeze_backbone
        self.backbone = MODELS.build(backbone)
        self.boundary_branch = BoundaryBranch(in_channels, edge_channels)
        self.displacement_branch = DisplacementBranch(
            in_channels, strides) if displacement else None
        if freeze_backbone:
            self.backbone.requires_grad_(False)

    def train(self, mode: bool = True) -> 'IRNet':
        """Switch to training mode, except for a frozen backbone."""
        super().train(mode)
        if self.freeze_backbone:
            self.backbone.eval()
        return self

    def forward(
        self,
        inputs: Tensor,
        data_samples: list[SegDataSample] | None = None,
        mode: str = 'tensor'
    ) -> dict[str, Tensor] | list[SegDataSample] | tuple[Tensor,
                                                         Tensor | None]:
        """Run the network in one of OpenMMLab's three modes.

        Args:
            inputs: Images, (B, 3, H, W).
            data_samples: For ``loss`` with affinity labels as ``gt_sem_seg``.
            mode: ``loss``, ``predict`` or ``tensor``.

        Returns:
            What :meth:`loss` or :meth:`predict` return; for ``tensor``
            boundary logits (B, 1, h, w) and displacements (B, 2, h, w), or
            None, at stride 4.

        Raises:
            ValueError: There is no such mode.
        """
        if mode == 'loss':
            return self.loss(inputs, data_samples or [])
        if mode == 'predict':
            return self.predict(inputs, data_samples)
        if mode == 'tensor':
            stages, size = self.extract_feat(inputs), _out_size(inputs)
            branch = self.displacement_branch
            return (self.boundary_branch(stages, size),
                    None if branch is None else branch(stages, size))
        raise ValueError(
            f"mode is '{mode}', it must be 'loss', 'predict' or 'tensor'")

    def extract_feat(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Return the backbone's stages, each (B, in_channels[i], h_i, w_i).

        Raises:
            InputError: If they are not the stages named in the config.
        """
        with torch.no_grad() if self.freeze_backbone else nullcontext():
            stages = self.backbone(inputs)
        channels = [stage.shape[1] for stage in stages]
        if channels != self.in_channels:
            raise InputError(
                f'IRNet: the backbone gives stages of {channels} channels '
                f'where in_channels says {self.in_channels}: set in_channels '
                'to the former or change out_indices of the backbone')
        return stages

    def loss(self, inputs: Tensor,
             data_samples: list[SegDataSample]) -> dict[str, Tensor]:
        """Compute IRN's losses of images (B, 3, H, W) with ``gt_sem_seg``.

        Their sum is its total loss; see ``affinity_losses``.
        """
        logits, displacement = self(inputs, mode='tensor')
        if self.displacement_branch is not None:
            self.displacement_branch.mean_shift.update(displacement)
        labels = torch.stack([s.gt_sem_seg.data for s in data_samples])
        labels = F.interpolate(  # (B, 1, H, W) to (B, 1, h, w)
            labels.float(), size=logits.shape[-2:], mode='nearest-exact')
        sums, counts = pair_loss_sums(
            logits.squeeze(1).float().sigmoid(), displacement,
            labels.squeeze(1).short(), self.radius, self.ignore_index)
        # Gradients are averaged over processes, too: with the mean number of
        # pairs below, that gives the average over the pairs of all of them.
        mean_counts = torch.stack(counts)
        all_reduce(mean_counts, op='mean')
        return affinity_losses(sums, PairCounts(*mean_counts))

    @torch.no_grad()
    def predict(self, inputs: Tensor,
                data_samples: list[SegDataSample] | None = None
                ) -> list[SegDataSample]:
        """Predict class boundaries, averaged over image and mirror image.

        They are added to the samples, new ones if there are none.

        Returns:
            The samples with the field ``boundary``, a PixelData of
            probabilities (1, ceil(H / 4), ceil(W / 4)), H and W without
            padding.
        """
        logits = self._boundary_logits(inputs)
        logits = logits + self._boundary_logits(inputs.flip(-1)).flip(-1)
        boundary = (logits.float() / 2).sigmoid()  # (B, 1, h, w)
        if data_samples is None:
            data_samples = [SegDataSample() for _ in inputs]
        height, width = inputs.shape[-2:]
        for sample, image_map in zip(data_samples, boundary, strict=True):
            # Left, right, top, bottom; mmseg pads on the right and below.
            padding = sample.metainfo.get('img_padding_size', (0, 0, 0, 0))
            h = _ceil_div(height - padding[3])
            w = _ceil_div(width - padding[1])
            sample.boundary = PixelData(data=image_map[:, :h, :w])
        return data_samples

    def _boundary_logits(self, inputs: Tensor) -> Tensor:
        """Return the boundary logits (B, 1, h, w) of images (B, 3, H, W)."""
        return self.boundary_branch(
            self.extract_feat(inputs), _out_size(inputs))


def _ceil_div(length: int) -> int:
    """Return the pixels at stride 4 of a length in pixels."""
    return -(-length // OUT_STRIDE)


def _out_size(inputs: Tensor) -> tuple[int, int]:
    """Return the size of the network's maps for images (B, 3, H, W)."""
    return _ceil_div(inputs.shape[-2]), _ceil_div(inputs.shape[-1])

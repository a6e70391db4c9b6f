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
from torch import Tensor, nn
from torch.nn import functional as F

from ..ops.affinity_losses import PairCounts, affinity_losses, pair_loss_sums
from ..utils import InputError
from ..utils.schema import Limits, check_value
from .feature_info import FeatureInfo, feature_info
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
        in_channels: Channels of these stages, by default what it says itself.
        strides: Strides of these stages, ascending, by default its own.
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
        InputError: The backbone returns no maps, others than these, or from
            the coarsest on, or ``edge_channels`` is no multiple of 8.
    """

    def __init__(self,
                 backbone: dict,
                 in_channels: Sequence[int] | None = None,
                 strides: Sequence[int] | None = None,
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
        check_value('IRNet: edge_channels', edge_channels, (int, ), Limits())
        if edge_channels < 8 or edge_channels % 8:
            raise InputError(f'IRNet: edge_channels is {edge_channels}: give '
                             'a multiple of 8')
        check_value('IRNet: radius', radius, (int, ), Limits(at_least=2))
        self.radius = radius
        self.ignore_index = ignore_index
        self.freeze_backbone = freeze_backbone
        self.backbone = MODELS.build(backbone)
        self.info = feature_info(self.backbone)
        _check_stages(self.info, in_channels, strides)
        self.boundary_branch = BoundaryBranch(
            self.info.channels, edge_channels)
        self.displacement_branch = DisplacementBranch(
            self.info.channels, self.info.strides) if displacement else None
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
            boundary, displacement = self._maps(
                inputs, self.boundary_branch, self.displacement_branch)
            return boundary, displacement
        raise ValueError(
            f"mode is '{mode}', it must be 'loss', 'predict' or 'tensor'")

    def extract_feat(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Return the backbone's stages, each (B, in_channels[i], h_i, w_i)."""
        with torch.no_grad() if self.freeze_backbone else nullcontext():
            stages: tuple[Tensor, ...] = self.backbone(inputs)
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
        logits, = self._maps(inputs, self.boundary_branch)
        return logits

    def _maps(self, inputs: Tensor, *branches: nn.Module | None) -> list:
        """Return the map of each branch for images, None where it is none."""
        seen = self.info.filled_up(inputs)
        stages, size = self.extract_feat(seen), _out_size(seen)
        return [None if branch is None else _cut(branch(stages, size), inputs)
                for branch in branches]


def _ceil_div(length: int) -> int:
    """Return the pixels at stride 4 of a length in pixels."""
    return -(-length // OUT_STRIDE)


def _out_size(inputs: Tensor) -> tuple[int, int]:
    """Return the size of the network's maps for images (B, 3, H, W)."""
    return _ceil_div(inputs.shape[-2]), _ceil_div(inputs.shape[-1])


def _cut(maps: Tensor, inputs: Tensor) -> Tensor:
    """Take off what images (B, 3, H, W) were filled up with, (B, C, h, w)."""
    height, width = _out_size(inputs)
    return maps[..., :height, :width]


def _check_stages(info: FeatureInfo, in_channels: Sequence[int] | None,
                  strides: Sequence[int] | None) -> None:
    """Raise an InputError unless the stages are those that a config says."""
    for name, found, said in (('channels', info.channels, in_channels),
                              ('strides', info.strides, strides)):
        setting = 'in_channels' if name == 'channels' else name
        if said is not None and tuple(said) != found:
            raise InputError(
                f'IRNet: {setting} says {list(said)}, but the backbone gives '
                f'stages of {name} {list(found)}; set {setting} to these, '
                'leave it out, or change out_indices of the backbone')
    if list(info.strides) != sorted(info.strides):
        raise InputError(
            f'IRNet: the backbone gives stages of strides '
            f'{list(info.strides)}; order its out_indices from the finest to '
            'the coarsest')

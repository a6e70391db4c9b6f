# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from typing import Any

import torch
from mmpretrain.models import ImageClassifier
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn
from torch.nn import functional as F

from ..utils import InputError
from .class_matching import ClassMatching, split_at_scores
from .comnet_head import COMNetHead
from .feature_info import feature_info
from .inter_matching import InterMatching, Matches
from .intra_matching import IntraMatching

SIDE_STEP = 32  # pixels; sides of batches in training are multiples


@MODELS.register_module()
class COMNet(ImageClassifier):
    """Image classifier whose features are zero where images were padded.

    Batching images of several sizes fills them up with zeros (after
    normalisation). What a backbone makes of that is not zero and, being
    everywhere the same, would match itself best of all. Zero features take
    no part in the matching, nor in the class activation maps. The data
    samples' ``img_shape`` says where an image ends.

    It also tells :class:`InterMatching` the size of the groups, which is the
    data samples' ``group_size``, and in training which of them share no
    class: those whose first image has none (an empty ``gt_label``).

    The arguments are those of :class:`mmpretrain.models.ImageClassifier`, of
    which ``backbone``, ``neck``, ``head`` and ``data_preprocessor`` are used
    here. With ``neck=None`` it is the plain CAM baseline.

    Attributes:
        info: What the backbone returns.

    Raises:
        InputError: The backbone returns no maps, or others than neck or head
            are for.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.info = feature_info(self.backbone)
        self._fit()
        # as the images: DDP wants gradients that are laid out like weights
        self.to(memory_format=torch.channels_last)

    def extract_feat(self,
                     inputs: Tensor,
                     stage: str = 'neck',
                     data_samples: Sequence[DataSample] | None = None
                     ) -> tuple[Tensor, ...] | Tensor:
        """Extract features, see the base class.

        Args:
            inputs: Images, shape (B, 3, H, W).
            stage: 'backbone', 'neck' or 'pre_logits'.
            data_samples: B samples with img_shape and, for inter-matching,
                group_size. Without them nothing is padding.

        Returns:
            Stages of the backbone, each (B, c, h, w), or what the head pools
            of the last one, (B, c, 1, 1).

        Raises:
            InputError: A sample has no img_shape, or as in
                :meth:`InterMatching.forward`.
            ValueError: Groups of several sizes in a batch.
        """
        inputs = self.info.filled_up(inputs)
        feats = self._stages(inputs)
        if data_samples is not None:
            real = _real_pixels(inputs, data_samples)
            feats = tuple(
                feat * F.adaptive_max_pool2d(real, feat.shape[2:]).to(feat)
                for feat in feats)
        if stage == 'backbone':
            return feats
        feats = self._match(feats, data_samples or ())
        return feats if stage == 'neck' else self.head.pre_logits(feats)

    def loss(self, inputs: Tensor,
             data_samples: Sequence[DataSample]) -> dict[str, Tensor]:
        """Compute the loss of a batch of groups (COMNet, Eq. 9).

        See :meth:`extract_feat`; the samples have a gt_label, too. The batch
        is filled up to multiples of 32 pixels: cuDNN looks for its fastest
        algorithms at each new size.
        """
        feats = self.extract_feat(
            self.info.filled_up(inputs, SIDE_STEP), data_samples=data_samples)
        return self.head.loss(feats, data_samples)

    def predict(self,
                inputs: Tensor,
                data_samples: Sequence[DataSample] | None = None
                ) -> list[DataSample]:
        """Predict a batch, see :meth:`extract_feat` and the base class.

        Samples that :class:`CAMHook` has scored are returned as they are. The
        ``cam`` of the others ends where the image does.
        """
        if data_samples and all('cam_path' in each and 'pred_score' in each
                                for each in data_samples):
            return list(data_samples)
        inputs = self.info.filled_up(inputs)
        feats = self.extract_feat(inputs, data_samples=data_samples)
        samples: list[DataSample] = self.head.predict(feats, data_samples)
        for sample in samples:
            _crop_padding(sample, inputs.shape[2:])
        return samples

    def score_maps(self,
                   images: Tensor,
                   data_samples: Sequence[DataSample],
                   necks: Sequence[nn.Module] | None = None,
                   leaders: bool = False,
                   matches: Matches | None = None) -> Tensor:
        """Classify each position of images, for class activation maps.

        Args:
            images: Normalised images without padding, the images of a group
                adjacent, shape (V, 3, H, W).
            data_samples: V samples, for inter-matching as in
                :meth:`extract_feat`; their img_shape is not that of scaled
                images and plays no part. The gt_label of the first are the
                classes that ``matches`` tells of.
            necks: Matching modules in place of its own.
            leaders: Whether to classify the first image of each group of N
                alone: the others serve its inter-matching.
            matches: Takes what the necks find.

        Returns:
            Scores before the sigmoid, shape (V, C, h, w); with ``leaders``
            (V / N, C, h, w). Where ``info.step`` is not 1 they are those of
            images that are filled up to multiples of it.
        """
        on_feats, on_scores = split_at_scores(
            self.neck_modules() if necks is None else necks)
        feats = self._match(
            self._stages(self.info.filled_up(images)), data_samples, on_feats,
            leaders, matches)
        scores: Tensor = self.head.score_maps(feats)
        for neck in on_scores:
            if isinstance(neck, ClassMatching):
                scores = neck(scores, feats[-1], _labels(data_samples),
                              matches)
            else:
                scores, = neck((scores, ), matches, feats[-1])
        return scores

    def _fit(self) -> None:
        """Tell necks and head what the backbone returns."""
        told = False
        for neck in self.neck_modules():
            if isinstance(neck, IntraMatching):
                neck.fit(self.info)
            elif not isinstance(neck, InterMatching):
                # it may change the channels, as the head can say
                told = hasattr(self.head, 'classifier')
                break
        if isinstance(self.head, COMNetHead) and not told:
            self.head.fit(self.info)

    def _stages(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Run the backbone on images (B, 3, H, W)."""
        # a position's channels side by side, as the matching reads them
        return self.backbone(
            inputs.contiguous(memory_format=torch.channels_last))

    def _match(self,
               feats: tuple[Tensor, ...],
               data_samples: Sequence[DataSample],
               necks: Sequence[nn.Module] | None = None,
               leaders: bool = False,
               matches: Matches | None = None) -> tuple[Tensor, ...]:
        """Run the necks, by default its own, on stages (B, c, h, w)."""
        group_size = _group_size(data_samples)
        # labels have no part in what is predicted
        alike = _alike(data_samples, group_size, feats[-1].device
                       ) if self.training else None
        necks = self.neck_modules() if necks is None else necks
        joint = max((place for place, neck in enumerate(necks, start=1)
                     if isinstance(neck, InterMatching)), default=0)

        def run(neck: nn.Module, feats: tuple[Tensor, ...]
                ) -> tuple[Tensor, ...]:
            if isinstance(neck, InterMatching):
                return neck(feats, group_size, matches, alike)
            if isinstance(neck, IntraMatching):
                return neck(feats, matches)
            return neck(feats)

        for neck in necks[:joint]:
            feats = run(neck, feats)
        if leaders and group_size:
            feats = tuple(feat[::group_size] for feat in feats)
        for neck in necks[joint:]:
            feats = run(neck, feats)
        return feats

    def neck_modules(self) -> Sequence[nn.Module]:
        """Return its own matching modules, in their order."""
        if not self.with_neck:
            return ()
        is_list = isinstance(self.neck, nn.Sequential)
        return tuple(self.neck) if is_list else (self.neck, )


def _real_pixels(inputs: Tensor,
                 data_samples: Sequence[DataSample]) -> Tensor:
    """Return 1 where images (B, 3, H, W) are, 0 at padding, (B, 1, H, W)."""
    real = inputs.new_zeros(len(inputs), 1, *inputs.shape[2:])
    for mask, sample in zip(real, data_samples, strict=True):
        if 'img_shape' not in sample:
            raise InputError('COMNet: the size of an image without its '
                             "padding is not known; add 'img_shape' to the "
                             'meta_keys of PackInputs')
        height, width = sample.img_shape[:2]  # RandomCrop adds the channels
        mask[:, :height, :width] = 1
    return real


def _crop_padding(sample: DataSample, size: Sequence[int]) -> None:
    """Cut a sample's cam (C, h, w) of a padded image (H, W) to the image."""
    if 'cam' in sample and 'img_shape' in sample:
        rows, columns = (
            -(-points * real // padded) for points, real, padded in zip(
                sample.cam.shape[1:], sample.img_shape[:2], size,
                strict=True))
        sample.set_field(sample.cam[:, :rows, :columns], 'cam')


def _labels(data_samples: Sequence[DataSample]) -> list[int]:
    """Return the classes of the first sample, none where it has none."""
    if not data_samples or 'gt_label' not in data_samples[0]:
        return []
    labels: list[int] = data_samples[0].gt_label.tolist()
    return labels


def _group_size(data_samples: Sequence[DataSample]) -> int | None:
    """Return the size of a batch's groups, None where there are none."""
    sizes = {sample.get('group_size') for sample in data_samples}
    if len(sizes) > 1:
        raise ValueError(f'groups of several sizes in a batch: {sizes}')
    return sizes.pop() if sizes else None


def _alike(data_samples: Sequence[DataSample], group_size: int | None,
           device: torch.device) -> Tensor | None:
    """Tell which groups share a class, (B / N,): those of negatives do not.

    The first image tells. None where all do, or where labels are not known.
    """
    alike = ['gt_label' not in sample or sample.gt_label.numel() > 0
             for sample in data_samples[::group_size or 1]]
    if group_size is None or all(alike):
        return None
    return torch.tensor(alike).to(device, non_blocking=True)

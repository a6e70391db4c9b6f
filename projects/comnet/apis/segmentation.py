# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of any pictures by a trained segmentor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmseg.models import BaseSegmentor
from torch import Tensor

from ..datasets.voc_folder import save_mask
from ..engine.model import load_trained, scope_of
from ..engine.model_index import given_model
from ..models.refiners import build_refiner
from ..ops import enlarged_argmax
from ..utils import InputError
from ..utils.host import to_host
from ..visualization import mask_legend, overlay, with_legend
from ..visualization.overlay import OVERLAYS
from .pictures import (
    Picture,
    check_results,
    pipeline_input,
    save_picture,
    shrink,
    sources,
)
from .run_network import OfRun

MAX_SIDE = 1024


@dataclass(frozen=True)
class Segmentation:
    """What was found in a picture.

    Attributes:
        name: What its results are called.
        mask: Labels, upright, (H, W), uint8: 0 is the background.
        labels: Names of the labels.
        score: Mean probability of the labels, over all pixels that the
            network saw.
        scores: The same over the pixels of each label that it saw.
    """
    name: str
    mask: np.ndarray
    labels: tuple[str, ...]
    score: float
    scores: Mapping[int, float]

    def summary(self) -> dict[str, Any]:
        """Return plain values: share of the area and score of each label.

        A label that is seen in the large alone has no score, None.
        """
        found, counts = np.unique(self.mask, return_counts=True)
        return dict(
            picture=self.name, score=round(self.score, 4),
            classes={self.labels[label]: dict(
                area=round(count / self.mask.size, 6),
                score=_rounded(self.scores.get(label)))
                for label, count in zip(
                    found.tolist(), counts.tolist(), strict=True)})


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)


class SegmentationInferencer(OfRun):
    """Segments pictures that need neither labels nor a list.

    The training's data need not be there: the checkpoint names the classes.

    Args:
        config: Config file of the segmentor; or alone, its checkpoint, or
            the name of a model that comes with this package, 'lite0-voc'.
        checkpoint: Its checkpoint, which carries a config of its own.
        options: Settings that override those of the config.
        tta: Whether to use the augmentations of its ``tta_pipeline``.
        max_side: Longer side in pixels from which on a picture is shrunk to
            it for the network; the scores are enlarged to the picture's
            size. None never shrinks.
        refine: What moves the edges of the mask to those of the picture:
            'PAR', 'DenseCRF', 'DeepLabCRF', or a dict with its settings.
        device: Such as 'cpu' or 'cuda:1'; by default what mmengine chooses.

    Attributes:
        classes: Names, without background.

    Raises:
        InputError: Something given is missing or wrong.
    """

    role = 'segmentor'

    def __init__(self,
                 config: str | Path | None,
                 checkpoint: str | Path | None = None,
                 options: Mapping[str, Any] | None = None,
                 tta: bool = False,
                 max_side: int | None = MAX_SIDE,
                 refine: str | Mapping[str, Any] | None = None,
                 device: str | None = None) -> None:
        self.refiner = build_refiner(refine)
        if self.refiner is not None:
            self.refiner.require()
        given = given_model(config, checkpoint, options, self.role)
        cfg, self.model, self.classes = load_trained(
            given.config, given.checkpoint, given.options, tta, device)
        if not isinstance(self.model.module if tta else self.model,
                          BaseSegmentor):
            raise InputError(f'{config or checkpoint}: no segmentor; give one')
        with scope_of(cfg):
            self.pipeline = Compose(cfg.test_dataloader.dataset.pipeline)
        self.max_side = max_side

    def __call__(self,
                 inputs: Picture | Sequence[Picture],
                 out_dir: str | Path | None = None) -> list[np.ndarray]:
        """Return the masks of pictures as a list, see :meth:`stream`."""
        return list(self.stream(inputs, out_dir))

    def stream(self,
               inputs: Picture | Sequence[Picture],
               out_dir: str | Path | None = None) -> Iterator[np.ndarray]:
        """Segment pictures one by one.

        Args:
            inputs: File, folder (with those in it), array (BGR, uint8,
                (H, W, 3)), or a list of them.
            out_dir: Folder to write to: the masks ``NAME.png`` in VOC's
                colours, and ``overlays/NAME.jpg``, with a legend.

        Yields:
            The mask of each picture, upright, (H, W), uint8: 0 background,
            class index + 1 an object.

        Raises:
            InputError: A picture is missing or no good, or a result would
                overwrite one or another result.
        """
        for result in self.results(inputs, out_dir):
            yield result.mask

    def results(self,
                inputs: Picture | Sequence[Picture],
                out_dir: str | Path | None = None) -> Iterator[Segmentation]:
        """Segment pictures one by one, and tell how sure that is.

        Arguments and errors are those of :meth:`stream`.
        """
        found = sources(inputs)
        if out_dir is not None:
            check_results(inputs, found, out_dir, lambda name: (
                f'{name}.png', f'{OVERLAYS}/{name}.jpg'))
        for source in found:
            image = source.load()
            result = self._segment(image, source.name)
            mask = result.mask
            if out_dir is not None:
                save_mask(Path(out_dir) / f'{source.name}.png', mask)
                save_picture(
                    Path(out_dir) / OVERLAYS / f'{source.name}.jpg',
                    with_legend(overlay(image, mask),
                                mask_legend(mask, self.classes)))
            yield result

    @torch.no_grad()
    def _segment(self, image: np.ndarray, name: str) -> Segmentation:
        """Segment an RGB image (H, W, 3)."""
        small = shrink(image, self.max_side)
        sample, = self.model.test_step(pseudo_collate([
            self.pipeline(pipeline_input(small, name))]))
        logits, size = sample.seg_logits.data, image.shape[:2]
        if self.refiner is not None:
            probs = self._refined(small, logits)
            labels = enlarged_argmax(probs, size)
        else:
            probs = logits.softmax(dim=0)
            labels = (sample.pred_sem_seg.data[0].byte() if small is image
                      else enlarged_argmax(logits, size))
        score, best = (each.flatten() for each in probs.max(dim=0))
        sums = probs.new_zeros(2, len(probs)).index_add_(
            1, best, torch.stack([score, torch.ones_like(score)]))
        labels, (total, number) = to_host(labels, sums)
        return Segmentation(
            name, labels.numpy(), ('background', *self.classes),
            (total.sum() / number.sum()).item(), {
                label: (total[label] / number[label]).item()
                for label in number.nonzero().flatten().tolist()})

    def _refined(self, image: np.ndarray, logits: Tensor) -> Tensor:
        """Let scores (L, H, W) follow an image's (H, W, 3) colours."""
        if len(logits) != len(self.classes) + 1:
            raise InputError(
                f'refine takes a score for each of {len(self.classes) + 1} '
                f'classes, the model gives {len(logits)}; do without refine')
        assert self.refiner is not None
        probs = logits.softmax(0).cpu().numpy()
        return torch.from_numpy(self.refiner(image, probs[None])[0])


def segment_images(config: str | Path | None,
                   checkpoint: str | Path | None,
                   images: Picture | Sequence[Picture],
                   out_dir: str | Path | None = None,
                   options: Mapping[str, Any] | None = None,
                   tta: bool = False,
                   max_side: int | None = MAX_SIDE,
                   refine: str | Mapping[str, Any] | None = None
                   ) -> Iterator[np.ndarray]:
    """Segment pictures in one call.

    The arguments are those of :class:`SegmentationInferencer` and its method
    :meth:`~SegmentationInferencer.stream`, which yields the masks.
    """
    inferencer = SegmentationInferencer(
        config, checkpoint, options, tta, max_side, refine)
    yield from inferencer.stream(images, out_dir)

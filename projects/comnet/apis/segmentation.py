# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of any pictures by a trained segmentor."""

from collections.abc import Iterator, Mapping, Sequence
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

MAX_SIDE = 1024


class SegmentationInferencer:
    """Segments pictures that need neither labels nor a list.

    The training's data need not be there: the checkpoint names the classes.

    Args:
        config: Config file of the segmentor, or without a checkpoint the
            name of a model that comes with this package, 'lite0-voc'.
        checkpoint: Its checkpoint.
        options: Settings that override those of the config.
        tta: Whether to use the augmentations of its ``tta_pipeline``.
        max_side: Longer side in pixels from which on a picture is shrunk to
            it for the network; the scores are enlarged to the picture's
            size. None never shrinks.
        refine: What moves the edges of the mask to those of the picture:
            'PAR', 'DenseCRF', 'DeepLabCRF', or a dict with its settings.

    Attributes:
        classes: Names, without background.

    Raises:
        InputError: Something given is missing or wrong.
    """

    def __init__(self,
                 config: str | Path,
                 checkpoint: str | Path | None = None,
                 options: Mapping[str, Any] | None = None,
                 tta: bool = False,
                 max_side: int | None = MAX_SIDE,
                 refine: str | Mapping[str, Any] | None = None) -> None:
        self.refiner = build_refiner(refine)
        if self.refiner is not None:
            self.refiner.require()
        given = given_model(config, checkpoint, options, 'segmentor')
        cfg, self.model, self.classes = load_trained(
            given.config, given.checkpoint, given.options, tta)
        if not isinstance(self.model.module if tta else self.model,
                          BaseSegmentor):
            raise InputError(f'{config}: no segmentor; give the config of one')
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
        found = sources(inputs)
        if out_dir is not None:
            check_results(inputs, found, out_dir, lambda name: (
                f'{name}.png', f'{OVERLAYS}/{name}.jpg'))
        for source in found:
            image = source.load()
            mask = self._segment(image, source.name)
            if out_dir is not None:
                save_mask(Path(out_dir) / f'{source.name}.png', mask)
                save_picture(
                    Path(out_dir) / OVERLAYS / f'{source.name}.jpg',
                    with_legend(overlay(image, mask),
                                mask_legend(mask, self.classes)))
            yield mask

    @torch.no_grad()
    def _segment(self, image: np.ndarray, name: str) -> np.ndarray:
        """Return the mask (H, W) of an RGB image (H, W, 3)."""
        small = shrink(image, self.max_side)
        sample, = self.model.test_step(pseudo_collate([
            self.pipeline(pipeline_input(small, name))]))
        if self.refiner is not None:
            logits = self._refined(small, sample.seg_logits.data)
        elif small is image:
            return sample.pred_sem_seg.data[0].byte().cpu().numpy()
        else:
            logits = sample.seg_logits.data
        return enlarged_argmax(logits, image.shape[:2]).cpu().numpy()

    def _refined(self, image: np.ndarray, logits: Tensor) -> Tensor:
        """Let scores (L, H, W) follow an image's (H, W, 3) colours."""
        if len(logits) != len(self.classes) + 1:
            raise InputError(
                f'refine takes a score for each of {len(self.classes) + 1} '
                f'classes, the model gives {len(logits)}; do without refine')
        assert self.refiner is not None
        probs = logits.softmax(0).cpu().numpy()
        return torch.from_numpy(self.refiner(image, probs[None])[0])


def segment_images(config: str | Path, checkpoint: str | Path | None,
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

# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmseg.structures import SegDataSample
from torch import Tensor

from ..datasets.cam_file import CAMFile
from ..datasets.voc_folder import load_image, save_mask
from ..engine.settings import prediction_settings
from ..ops import pseudo_mask, walk_scores
from ..registry import STEPS
from ..utils import schema
from ..utils.record import file_identity
from .fields import made_by, place, same_as
from .image_step import PseudoMasks
from .network import Network, predict_boundaries


@STEPS.register_module()
@dataclass(frozen=True)
class WalkedMasks(Network, PseudoMasks):
    """Pseudo masks by random walk within class boundaries (IRN, Sec. 5).

    Attributes:
        config: Config file of the IRNet; its ``predict_dataloader`` names the
            images.
        checkpoint: Its checkpoint, or the folder of its training.
        cam_dir: Folder of the CAMs.
        out_dir: Folder of the pseudo masks, ``ID.png``.
        options: Settings that override those of the config.
        radius: Neighbours are closer than this, in pixels at stride 4.
        beta: Power of the affinities.
        num_steps: Length of the walk.
        normalize: How scores become comparable, 'maximum' or 'mean'.
        bg_threshold: Score of the background.
        refine: What refines them, such as 'DenseCRF' or 'PAR', or its
            settings; None for nothing.
    """
    loader = 'predict_dataloader'
    config: str | Path | Config = same_as('irnet', 'config')
    checkpoint: str | Path = made_by('irnet')
    cam_dir: str | Path = made_by('cam')
    out_dir: str | Path = place()
    options: Mapping[str, Any] = same_as('irnet', 'options', {})
    radius: int = schema.number(5, at_least=2)
    beta: float = schema.number(10, at_least=0)
    num_steps: int = schema.number(256, at_least=0)
    normalize: Literal['maximum', 'mean'] = 'maximum'
    bg_threshold: float = schema.share(0.25)
    refine: str | Mapping[str, Any] | None = 'DenseCRF'

    def settings(self) -> dict[str, Any]:
        return dict(super().settings(),
                    irnet=prediction_settings(self.cfg, self.loader))

    def inputs(self) -> dict[str, str]:
        return dict(super().inputs(), checkpoint=file_identity(self.weights))

    def jobs(self, share: Sequence[str]) -> Iterator[tuple]:
        on_gpu = get_device() == 'cuda'
        for sample, cam in self.boundaries(share):
            boundary = sample.boundary.data[0]  # (h, w)
            if on_gpu:
                maps = self._walk(cam.cam, boundary, sample.ori_shape), None
            else:
                maps = cam.cam, boundary.cpu().numpy()
            yield (sample.img_id, sample.img_path, *maps, sample.ori_shape,
                   cam.keys)

    def boundaries(self, ids: Sequence[str]
                   ) -> Iterator[tuple[SegDataSample, CAMFile]]:
        """Yield what :func:`predict_boundaries` does of some images.

        Raises:
            InputError: CAMs are of another size than their image.
        """
        places = {name: index for index, name in enumerate(self.ids())}
        for sample, cam in predict_boundaries(
                self.cfg, self.weights, self.cam_dir,
                [places[image_id] for image_id in ids]):
            cam.check_size(Path(self.cam_dir) / f'{sample.img_id}.npz',
                           sample.ori_shape)
            yield sample, cam

    def write(self, image_id: str, image_path: str | Path, maps: np.ndarray,
              boundary: np.ndarray | None, size: tuple[int, int],
              class_ids: np.ndarray) -> None:
        """Write the pseudo mask of an image.

        Args:
            image_id: Its id.
            image_path: Its picture.
            maps: CAMs (K, h, w), without a boundary scores (K, H, W).
            boundary: Probability of a class boundary, (h, w), or None.
            size: Height and width of the image.
            class_ids: The K classes, (K,).
        """
        if boundary is not None:
            maps = self._walk(maps, torch.from_numpy(boundary), size)
        image = None if self.refine is None else load_image(image_path)
        save_mask(self.path(image_id), pseudo_mask(
            maps, class_ids, self.bg_threshold, image, self.refiner()))

    def _walk(self, cam: np.ndarray, boundary: Tensor,
              size: tuple[int, int]) -> np.ndarray:
        """Return the scores (K, H, W) of CAMs (K, h, w) after the walk."""
        scores = walk_scores(
            torch.from_numpy(cam).to(boundary), boundary, size, self.radius,
            self.beta, self.num_steps, self.normalize)
        return scores.cpu().numpy()

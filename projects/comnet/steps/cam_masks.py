# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..datasets.voc_folder import save_mask
from ..ops import pseudo_mask
from ..registry import STEPS
from ..utils import schema
from .fields import given, made_by, place
from .image_step import PseudoMasks


@STEPS.register_module()
@dataclass(frozen=True)
class CAMMasks(PseudoMasks):
    """Pseudo masks made of CAMs alone, without an IRNet.

    Attributes:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        cam_dir: Folder of the CAMs.
        out_dir: Folder of the pseudo masks, ``ID.png``.
        bg_threshold: Score of the background.
        refine: What refines them, such as 'DenseCRF' or 'PAR', or its
            settings; None for nothing.
    """
    data_root: str | Path = given('data_root')
    image_list: str = given('train_list')
    cam_dir: str | Path = made_by('cam')
    out_dir: str | Path = place()
    bg_threshold: float = schema.share(0.15)
    refine: str | Mapping[str, Any] | None = 'DenseCRF'

    def write(self, image_id: str, image_path: Path) -> None:
        image, cam = self.read(image_id, image_path)
        save_mask(self.path(image_id), pseudo_mask(
            cam.full_size(), cam.keys, self.bg_threshold, image,
            self.refiner()))

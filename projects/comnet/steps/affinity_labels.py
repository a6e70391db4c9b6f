# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from ..datasets.corrected_masks import (
    check_corrected,
    corrected_identity,
    corrected_masks,
)
from ..datasets.voc_folder import load_mask_of, save_mask
from ..ops import affinity_labels
from ..registry import STEPS
from ..step_settings import AffinitySettings
from ..utils import InputError
from .fields import given, made_by, place
from .image_step import RefinedStep


@STEPS.register_module()
@dataclass(frozen=True)
class AffinityLabels(AffinitySettings, RefinedStep):
    """Confident labels made of CAMs, to train an IRNet with (IRN, Sec. 4).

    Attributes:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        cam_dir: Folder of the CAMs.
        out_dir: Folder of the labels, ``ID.png``.
        corrected_dir: Folder of masks ``ID.png`` that somebody has drawn,
            which are the labels of their images as they are; relative to
            ``data_root`` or absolute.
    """
    files: ClassVar[str] = 'labels'
    shared: ClassVar[bool] = False  # in processes of its own
    data_root: str | Path = given('data_root')
    image_list: str = given('train_list')
    cam_dir: str | Path = made_by('cam')
    out_dir: str | Path = place()
    corrected_dir: str | Path | None = given('corrected_dir', None)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bg_threshold > self.fg_threshold:
            raise InputError(
                f'bg_threshold {self.bg_threshold} is above fg_threshold '
                f'{self.fg_threshold}: a pixel would be both; give a lower '
                'one')

    def check(self) -> None:
        super().check()
        check_corrected(self.data_root, self.corrected_dir, self.image_list)

    def inputs(self) -> dict[str, str]:
        return super().inputs() | corrected_identity(
            self.data_root, self.corrected_dir, self.ids())

    @cached_property
    def corrected(self) -> dict[str, Path]:
        """The masks that somebody has drawn, by image."""
        return corrected_masks(self.data_root, self.corrected_dir, self.ids())

    def write(self, image_id: str, image_path: Path) -> None:
        if image_id in self.corrected:
            save_mask(self.path(image_id), load_mask_of(
                image_path, self.corrected[image_id], self.num_classes + 1))
            return
        image, cam = self.read(image_id, image_path)
        save_mask(self.path(image_id), affinity_labels(
            image, cam.full_size(), cam.keys, self.fg_threshold,
            self.bg_threshold, refine=self.refiner()))

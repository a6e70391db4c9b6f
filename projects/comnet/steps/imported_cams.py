# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from ..datasets.cam_file import CAMFile
from ..datasets.foreign_cams import read_foreign_cam
from ..datasets.identity import images_identity
from ..datasets.image_labels import ANNOTATIONS, read_labels
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import load_image, read_classes
from ..evaluation import evaluate_cams
from ..ops import normalize_cam, resize_cam
from ..ops.cam import cam_size
from ..registry import STEPS
from ..utils import InputError, first_few
from ..utils.progress import tell
from ..utils.record import digest, file_identity
from .fields import given, place
from .image_step import ImageStep
from .step import Measure


@STEPS.register_module()
@dataclass(frozen=True)
class ImportedCAMs(ImageStep):
    """Class activation maps that other code has made, as files of this one.

    The maps of the image's labels are kept, negative values set to 0, brought
    to the image's size and to stride 4, and divided by their maximum.

    Attributes:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        source: Folder of the CAMs, see :mod:`comnet.datasets.foreign_cams`.
        out_dir: Folder of the files, ``ID.npz``.
        labels: Where the labels stand, see
            :mod:`comnet.datasets.image_labels`.
    """
    files: ClassVar[str] = 'cams'
    makes: ClassVar[str] = '*.npz'
    shared: ClassVar[bool] = False
    measure: ClassVar[Measure | None] = Measure(
        'CAM', 'train', 'cam/mIoU', 'cam/num_images')
    data_root: str | Path = given('data_root')
    image_list: str = given('train_list')
    source: str | Path = place(is_read=True)
    out_dir: str | Path = place()
    labels: str = given('labels', ANNOTATIONS)

    def inputs(self) -> dict[str, str]:
        source = Path(self.source)
        files = sorted(path for path in source.rglob('*')
                       if path.suffix in ('.npy', '.npz', '.png'))
        return dict(
            cams=digest([[str(path.relative_to(source)), file_identity(path)]
                         for path in files]),
            images=images_identity(
                self.data_root, self.image_list, self.labels))

    def check(self) -> None:
        if not Path(self.source).is_dir():
            raise InputError(f'{self.source}: no such folder of CAMs')

    def required(self) -> None:
        """Look for nothing: a file that is missing is named by its class."""

    def jobs(self, share: Sequence[str]) -> Iterator[tuple]:
        root = Path(self.data_root)
        classes = read_classes(root)
        pictures = find_pictures(root / IMAGE_DIR, share)
        for image_id, indices in zip(
                share, read_labels(root, share, classes, self.labels),
                strict=True):
            yield image_id, pictures[image_id], classes, indices

    def write(self, image_id: str, image_path: Path,
              classes: Sequence[str], indices: Sequence[int]) -> None:
        maps = (read_foreign_cam(self.source, image_id, classes)
                if indices else {})  # other code has no file of a negative
        missing = [classes[k] for k in indices if k not in maps]
        if missing:
            raise InputError(f'{Path(self.source) / image_id}: no map of '
                             f'{missing[0]!r}, a label of the image; write '
                             'it, or mend the label')
        size = load_image(image_path).shape[:2]
        CAMFile(np.array(indices), _resized(
            [maps[k] for k in indices], *size), size).save(
                self.path(image_id))

    def evaluate(self) -> dict[str, Any]:
        ids = self.ids()
        empty = [image_id for image_id in ids
                 if len(maps := CAMFile.load(self.path(image_id)).cam)
                 and not maps.any()]
        if empty:
            tell(f'warning: {self.source}: {len(empty)} of {len(ids)} images '
                 f'have maps of zero alone ({first_few(empty, 3)}) and will '
                 'be background; look at what wrote them')
        return evaluate_cams(self.data_root, self.image_list, self.out_dir)


def _resized(maps: list[np.ndarray], height: int, width: int) -> np.ndarray:
    """Return maps at stride 4 in [0, 1], (K, ceil(H / 4), ceil(W / 4))."""
    size = cam_size(height, width)
    if not maps:  # of a negative
        return np.zeros((0, *size), np.float32)
    stack = torch.cat([
        resize_cam(torch.from_numpy(values)[None].clamp(min=0), size)
        for values in maps])
    return normalize_cam(stack).numpy()

# Copyright (c) COMNet contributors. All rights reserved.
"""What the methods made of an image, beside the image and its truth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..converters.mask_exchange import known_labels
from ..datasets.cam_file import CAMFile
from ..datasets.picture_files import (
    IMAGE_DIR,
    MASK_DIR,
    files_of,
    pictures_of,
)
from ..datasets.voc_folder import (
    IGNORE_INDEX,
    check_mask,
    load_image,
    load_mask,
    read_classes,
)
from ..evaluation import picture_iou
from ..ops import pseudo_mask
from ..steps.run_file import RunFile
from ..utils import InputError
from ..visualization import (
    PagePicture,
    Row,
    draw_strength,
    heat_picture,
    mask_picture,
    photo_picture,
)
from .run_folder import Records

CAMS, MASKS = '.npz', '.png'


@dataclass(frozen=True)
class Made:
    """A folder of CAMs or masks that a method made, one an image.

    Attributes:
        method: Its name.
        step: The step that made them.
        title: What they are called, such as 'pseudo mask'.
        folder: The folder of ``ID.npz`` or ``ID.png``.
        suffix: '.npz' of CAMs, '.png' of masks.
        threshold: Of the background, for CAMs; None where it is not known.
        split: That they are of, 'train' or 'val'.
    """
    method: str
    step: str
    title: str
    folder: Path
    suffix: str
    threshold: float | None = None
    split: str = ''

    @property
    def is_cams(self) -> bool:
        """Whether they are CAMs."""
        return self.suffix == CAMS

    @property
    def caption(self) -> str:
        """What stands above its pictures."""
        return f'{self.title}: {self.method}'

    def ids(self) -> set[str]:
        """Return the ids of the files that are there."""
        return {path.relative_to(self.folder).with_suffix('').as_posix()
                for path in self.folder.rglob(f'*{self.suffix}')
                if not path.name.startswith('.')}

    def path(self, image_id: str) -> Path:
        """Return the file of an image."""
        return self.folder / f'{image_id}{self.suffix}'

    def mask(self, image_id: str) -> np.ndarray | None:
        """Return the labels of an image (H, W), None where unknown."""
        if not self.is_cams:
            return load_mask(self.path(image_id))
        if self.threshold is None:
            return None
        cams = CAMFile.load(self.path(image_id))
        return pseudo_mask(cams.full_size(), cams.keys, self.threshold)


def find_made(work_dir: str | Path, run: RunFile, records: Records,
              split: str) -> Iterator[Made]:
    """Find CAMs and masks that are measured on a split, 'train' or 'val'."""
    for step in run.measures:
        for method, steps in records.items():
            measure = run.measure(method, step)
            if measure is None or measure.split != split or step not in steps:
                continue
            entry = run.methods[method][step]
            if entry.suffix in (CAMS, MASKS):
                folder = run.folder(work_dir, method, step) / entry.makes
                yield Made(
                    method, step, measure.title, folder.parent, entry.suffix,
                    steps[step].results.get(measure.beside('threshold')),
                    split)


class PictureReader:
    """Reads what there is of an image for a report.

    Args:
        data_root: Folder in VOC layout.

    Raises:
        InputError: There is no such folder, or its classes are no good.
    """

    def __init__(self, data_root: Path) -> None:
        self.root = data_root
        self.classes = read_classes(data_root)

    def truths(self, ids: Sequence[str]) -> dict[str, Path]:
        """Return the files of the true masks that are there."""
        return files_of(self.root / MASK_DIR, ids, '.png')

    def tags(self, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return the classes that images show, as far as that is known."""
        try:
            return known_labels(self.root, ids, self.classes)
        except InputError:  # the run had others
            return {}

    def images(self, ids: Sequence[str]) -> dict[str, Path]:
        """Return the files of the pictures that are there."""
        found = pictures_of(self.root / IMAGE_DIR, ids)
        return {name: paths[0] for name, paths in found.items() if paths}

    def iou(self, made: Made, image_id: str, truth: np.ndarray
            ) -> float | None:
        """Return the mean IoU of what was made of an image.

        Raises:
            InputError: A mask does not fit.
        """
        mask = made.mask(image_id)
        if mask is None:
            return None
        num_labels = len(self.classes) + 1
        check_mask(made.path(image_id), mask, truth.shape, num_labels)
        return picture_iou(mask, truth, num_labels)

    def mask(self, made: Made, image_id: str) -> np.ndarray:
        """Return a mask (H, W) of the classes of the data.

        Raises:
            InputError: It shows others.
        """
        path = made.path(image_id)
        mask = load_mask(path)
        self._check_class(path, mask[mask != IGNORE_INDEX].max(initial=0))
        return mask

    def row(self, image_id: str, image_path: Path, truth_path: Path | None,
            made: Sequence[Made], detail: str = '') -> Row:
        """Read all there is of an image; ``detail`` is told beside its id."""
        image = load_image(image_path)
        truth = None
        pictures = [photo_picture('image', image, f'photograph {image_id}')]
        if truth_path is not None:
            truth = load_mask(truth_path)
            pictures.append(mask_picture('truth', truth, self.classes,
                                         f'true mask of {image_id}'))
        for each in made:
            if each.path(image_id).is_file():
                pictures += self._pictures(each, image_id, image, truth)
        return Row(image_id, pictures, detail)

    def _pictures(self, made: Made, image_id: str, image: np.ndarray,
                  truth: np.ndarray | None) -> list[PagePicture]:
        """Draw a mask, or a CAM and what inter-matching strengthened."""
        iou = None if truth is None else self.iou(made, image_id, truth)
        alt = f'{made.title} of {made.method} for {image_id}'
        if not made.is_cams:
            return [mask_picture(made.caption, load_mask(made.path(image_id)),
                                 self.classes, alt, iou)]
        cams = CAMFile.load(made.path(image_id))
        cams.check_size(made.path(image_id), image.shape[:2])
        self._check_class(made.path(image_id), 1 + cams.keys.max(initial=-1))
        names = ', '.join(self.classes[key] for key in cams.keys)
        heat = cams.full_size().max(axis=0, initial=0)
        pictures = [heat_picture(
            made.caption, image, heat, f'{alt}: {names}', iou)]
        if cams.common is not None:
            side = cv2.resize(np.where(cams.common, 1, -1).astype(np.float32),
                              image.shape[1::-1])
            pictures.append(photo_picture(
                f'M* > 0: {made.method}', draw_strength(image, side),
                f'what {made.method} found to co-occur in {image_id}'))
        return pictures

    def _check_class(self, path: Path, label: int) -> None:
        """Raise an InputError unless there is a class of a label."""
        if label > len(self.classes):
            raise InputError(
                f'{path}: class {label}, but there are {len(self.classes)} in '
                f'{self.root}; name the data_root of the run')

# Copyright (c) COMNet contributors. All rights reserved.
"""The pictures of a report: images, truth and what the methods made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..datasets.cam_file import CAMFile
from ..datasets.picture_files import (
    IMAGE_DIR,
    MASK_DIR,
    files_of,
    pictures_of,
)
from ..datasets.voc_folder import (
    check_mask,
    load_image,
    load_mask,
    read_classes,
)
from ..evaluation import picture_iou
from ..ops import pseudo_mask
from ..utils import InputError
from ..utils.record import Record
from ..visualization import (
    Gallery,
    PagePicture,
    Row,
    draw_strength,
    heat_picture,
    mask_picture,
    photo_picture,
)
from .ranking import choose, rankings, spread
from .workspace import Workspace

RANKED = 2000  # images of a split at most: more take minutes


@dataclass(frozen=True)
class Made:
    """A folder of files that a method made, one an image.

    Attributes:
        method: Its name.
        kind: 'CAM', 'pseudo mask' or 'segmentation'.
        folder: The folder of ``ID.npz`` or ``ID.png``.
        threshold: Of the background, for CAMs; None where it is not known.
    """
    method: str
    kind: str
    folder: Path
    threshold: float | None = None

    @property
    def suffix(self) -> str:
        """The suffix of its files."""
        return '.npz' if self.kind == 'CAM' else '.png'

    @property
    def title(self) -> str:
        """What stands above its pictures."""
        return f'{self.kind}: {self.method}'

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
        if self.kind != 'CAM':
            return load_mask(self.path(image_id))
        if self.threshold is None:
            return None
        cams = CAMFile.load(self.path(image_id))
        return pseudo_mask(cams.full_size(), cams.keys, self.threshold)


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
        alt = f'{made.kind} of {made.method} for {image_id}'
        if made.kind != 'CAM':
            return [mask_picture(made.title, load_mask(made.path(image_id)),
                                 self.classes, alt, iou)]
        cams = CAMFile.load(made.path(image_id))
        cams.check_size(made.path(image_id), image.shape[:2])
        if cams.keys.max(initial=0) >= len(self.classes):
            raise InputError(
                f'{made.path(image_id)}: class {cams.keys.max()}, but there '
                f'are {len(self.classes)} in {self.root}; name the data_root '
                'of the run')
        names = ', '.join(self.classes[key] for key in cams.keys)
        heat = cams.full_size().max(axis=0, initial=0)
        pictures = [heat_picture(
            made.title, image, heat, f'{alt}: {names}', iou)]
        if cams.common is not None:
            side = cv2.resize(np.where(cams.common, 1, -1).astype(np.float32),
                              image.shape[1::-1])
            pictures.append(photo_picture(
                f'M* > 0: {made.method}', draw_strength(image, side),
                f'what {made.method} found to co-occur in {image_id}'))
        return pictures


def make_galleries(work: Workspace,
                   records: Mapping[str, Mapping[str, Record]],
                   reader: PictureReader, number: int) -> list[Gallery]:
    """Choose pictures of both splits and read what was made of them.

    Args:
        work: Folder of a pipeline.
        records: Of its stages, by method.
        reader: Of the data.
        number: Of pictures, half of each split where both have as many.

    Raises:
        InputError: A file is no good.
    """
    train = [
        *(Made(method, 'CAM', work.cams(method), stages['cam'].results.get(
            'cam/threshold')) for method, stages in records.items()
          if 'cam' in stages),
        *(Made(method, 'pseudo mask', work.pseudo_masks(method))
          for method, stages in records.items() if 'pseudo' in stages)]
    val = [Made(method, 'segmentation', work.predicted_masks(method))
           for method, stages in records.items() if 'evaluation' in stages]
    train_images, val_images = _images(reader, train), _images(reader, val)
    num_train = min(len(train_images),
                    number - min(number // 2, len(val_images)))
    galleries = []
    for title, made, images, share in (
            ('Training images', train, train_images, num_train),
            ('Validation images', val, val_images, number - num_train)):
        if images and share:
            galleries.append(_gallery(title, reader, images, made, share))
    return galleries


def _images(reader: PictureReader, made: Sequence[Made]) -> dict[str, Path]:
    """Return the pictures that something was made of, by id, sorted."""
    found: set[str] = set().union(*(each.ids() for each in made))
    return reader.images(sorted(found))


def _gallery(title: str, reader: PictureReader, images: Mapping[str, Path],
             made: Sequence[Made], number: int) -> Gallery:
    """Choose images by the last kind of masks that there is."""
    folders = [(each, found) for each in made if (found := each.ids())]
    kind = folders[-1][0].kind
    last = [(each, found) for each, found in folders if each.kind == kind]
    truths = reader.truths(list(images))
    shared = set(truths).intersection(*(found for _, found in last))
    scores = _scores(reader, [each for each, _ in last], {
        name: truths[name] for name in spread(sorted(shared), RANKED)})
    chosen, note = {}, ''
    measured = len(scores[last[0][0].method])
    if measured:
        chosen = choose(rankings(scores), number)
        note = (f'Chosen by the {kind}s of {measured} images with a true '
                'mask. IoU is the mean over the labels in a picture.')
    taken = {name for names in chosen.values() for name in names}
    rest = spread([name for name in images if name not in taken],
                  number - len(taken))
    if rest:
        chosen['More, evenly spread' if chosen else 'Evenly spread'] = rest
    return Gallery(title, note, {
        group: [reader.row(name, images[name], truths.get(name), made,
                           _gain(scores, name)) for name in names]
        for group, names in chosen.items()})


def _gain(scores: Mapping[str, Mapping[str, float]], image_id: str) -> str:
    """Say what the last method gains over the first, where that is known."""
    values = [of_method[image_id] for of_method in scores.values()
              if image_id in of_method]
    if len(values) < 2:
        return ''
    gain = round(values[-1] - values[0], 1) + 0.0  # no -0.0
    return f'gain {gain:+.1f}'


def _scores(reader: PictureReader, made: Sequence[Made],
            truths: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Return the IoU of each image by method and id, where all have one."""
    scores: dict[str, dict[str, float]] = {each.method: {} for each in made}
    for name, path in truths.items():
        truth = load_mask(path)
        found = {each.method: iou for each in made
                 if (iou := reader.iou(each, name, truth)) is not None
                 and not np.isnan(iou)}
        if len(found) == len(made):
            for method, iou in found.items():
                scores[method][name] = iou
    return scores

# Copyright (c) COMNet contributors. All rights reserved.
"""Pictures that somebody wants to have segmented: files, folders, arrays."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from ..datasets.picture_files import all_pictures
from ..datasets.voc_folder import load_image
from ..utils import InputError
from ..utils.atomic_file import write_atomically

Picture = str | Path | np.ndarray


@dataclass
class Source:
    """A picture that is not loaded yet.

    Attributes:
        name: What its results are called; pictures of folders keep theirs.
        content: Its file, or BGR, uint8, (H, W, 3).
    """
    name: str
    content: Path | np.ndarray

    def load(self) -> np.ndarray:
        """Return RGB, upright, uint8, (H, W, 3).

        Raises:
            InputError: It is missing, cut off or no picture.
        """
        if isinstance(self.content, Path):
            return load_image(self.content)
        image = self.content
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise InputError(f'{self.name}: {image.dtype} of shape '
                             f'{image.shape}; give BGR, uint8, (H, W, 3)')
        return image[..., ::-1].copy()


def sources(inputs: Picture | Sequence[Picture]) -> list[Source]:
    """Return the pictures of files, folders and arrays, or one of these.

    Raises:
        InputError: A folder is empty.
    """
    return [source for index, each in enumerate(_listed(inputs))
            for source in _named(each, index)]


def _listed(inputs: Picture | Sequence[Picture]) -> Sequence[Picture]:
    return [inputs] if isinstance(inputs, str | Path | np.ndarray) else inputs


def check_results(inputs: Picture | Sequence[Picture],
                  found: Sequence[Source], out_dir: str | Path,
                  results: Callable[[str], Iterable[str]]) -> None:
    """Check that results overwrite neither each other nor a picture.

    ``found`` are the pictures of ``inputs``; ``results`` gives the files of a
    picture's results in ``out_dir``, by its name.

    Raises:
        InputError: Two pictures have one name, a result would take the place
            of a picture, or the results lie where the next call would look
            for pictures.
    """
    out = Path(out_dir).resolve()
    for item in _listed(inputs):
        if not isinstance(item, np.ndarray) and Path(item).is_dir() and (
                out.is_relative_to(Path(item).resolve())):
            raise InputError(f'{out_dir}: lies in {item}, a folder of '
                             'pictures; write to another folder')
    _check_names(found)
    targets = {out / file for source in found for file in results(source.name)}
    for source in found:
        path = source.content
        if isinstance(path, Path) and targets & {
                path.resolve(), path.parent.resolve() / path.name}:
            raise InputError(f'{source.content}: would be overwritten by a '
                             'result; write to another folder')


def _check_names(found: Sequence[Source]) -> None:
    first: dict[str, Source] = {}
    for source in found:
        other = first.setdefault(source.name, source)
        if other is not source:
            raise InputError(f'{source.content}: has the name of '
                             f'{other.content}; write their results into two '
                             'folders, one call each')


def _named(item: Picture, index: int) -> Iterator[Source]:
    if isinstance(item, np.ndarray):
        yield Source(f'{index:08d}', item)
    elif Path(item).is_dir():
        for name, path in all_pictures(item).items():
            yield Source(name, path)
    else:
        yield Source(Path(item).stem, Path(item))


def shrink(image: np.ndarray, max_side: int | None) -> np.ndarray:
    """Shrink an image (H, W, 3) whose longer side is above ``max_side``.

    Any other is returned itself. None never shrinks.

    Raises:
        InputError: The limit is no number of pixels.
    """
    if max_side is not None and max_side < 1:
        raise InputError(f'max_side is {max_side}; give a number of pixels')
    longer = max(image.shape[:2])
    if max_side is None or longer <= max_side:
        return image
    height, width = (max(1, round(side * max_side / longer))
                     for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


def pipeline_input(image: np.ndarray, name: str) -> dict:
    """Return what :class:`LoadVOCImage` takes for a loaded RGB image."""
    return dict(img=image[..., ::-1].copy(), img_path=name, img_id=name)


def save_picture(path: Path, picture: np.ndarray) -> None:
    """Write RGB, uint8, (H, W, 3) as a JPEG, whole or not at all."""
    image = Image.fromarray(picture)
    write_atomically(
        path, lambda file: image.save(file, format='JPEG', quality=90))

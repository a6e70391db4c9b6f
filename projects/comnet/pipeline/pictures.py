# Copyright (c) COMNet contributors. All rights reserved.
"""The pictures of a pipeline: what its stages made of some images."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..datasets.cam_file import CAMFile
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import load_image, load_mask, read_split
from ..visualization import Column, colored, heatmap, write_grid
from .stage import Job


def draw_pictures(jobs: Sequence[Job], path: Path, num_images: int) -> None:
    """Draw CAMs and pseudo masks of some training images, and masks of val.

    What is not there, true masks among it, is left out; without anything
    there is no picture.

    Args:
        jobs: Methods with the same data.
        path: PNG to write.
        num_images: Number of rows of training and of validation images.
    """
    root = Path(jobs[0].settings.data_root)
    train = _spread(read_split(root, jobs[0].settings.train_list), num_images)
    made = []
    for job in jobs:
        workspace, name = job.workspace, job.method
        made += [(f'{name}: CAM', workspace.cams(name), '.npz', _cam),
                 (f'{name}: pseudo mask', workspace.pseudo_masks(name),
                  '.png', _mask)]
    blocks = [_columns(root, train, made)]
    masks = [(f'{job.method}: segmentation',
              job.workspace.predicted_masks(job.method), '.png', _mask)
             for job in jobs]
    written = [{path.relative_to(folder).with_suffix('').as_posix()
                for path in folder.rglob('*.png')}
               for _, folder, _, _ in masks]
    val = sorted(set.intersection(*[ids for ids in written if ids] or [set()]))
    blocks.append(_columns(root, _spread(val, num_images), masks))
    blocks = [block for block in blocks if block]
    if blocks:
        write_grid(path, blocks)
        print(f'pictures in {path}', flush=True)


Reader = Callable[[Path, np.ndarray], np.ndarray]


def _columns(root: Path, ids: Sequence[str],
             made: Sequence[tuple[str, Path, str, Reader]]) -> list[Column]:
    """Return image, truth and what was made, in so far as it is there."""
    pictures = find_pictures(root / IMAGE_DIR, ids)
    images = [load_image(pictures[name]) for name in ids]
    truth = ('truth', root / 'SegmentationClass', '.png', _mask)
    columns = [
        (title, [read(folder / f'{name}{suffix}', image)
                 for name, image in zip(ids, images, strict=True)])
        for title, folder, suffix, read in (truth, *made)
        if ids and all((folder / f'{name}{suffix}').is_file()
                       for name in ids)]
    if not [title for title, _ in columns if title != 'truth']:
        return []
    return [('image', images), *columns]


def _cam(path: Path, image: np.ndarray) -> np.ndarray:
    return heatmap(image, CAMFile.load(path).full_size().max(axis=0))


def _mask(path: Path, image: np.ndarray) -> np.ndarray:
    return colored(load_mask(path))


def _spread(ids: Sequence[str], number: int) -> list[str]:
    """Return some ids, evenly spread."""
    return list(ids[::max(1, len(ids) // number)][:number])

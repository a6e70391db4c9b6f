# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentations of all methods side by side, as in the paper: Fig. 6."""

from collections.abc import Sequence
from pathlib import Path

from ..datasets.voc_folder import load_image, load_mask
from ..steps.run_file import RunFile
from ..utils import InputError
from ..visualization import Entry, colored, mask_legend, write_figure
from .gallery import spread
from .pictures import PictureReader, find_made
from .run_folder import read_records


def draw_segmentations(work_dir: str | Path,
                       out: str | Path,
                       data_root: str | Path | None = None,
                       ids: Sequence[str] | None = None,
                       num_pictures: int = 6) -> list[Path]:
    """Draw image, truth and the segmentation of each method (Fig. 6).

    Args:
        work_dir: Folder of a pipeline.
        out: File to write, as PNG and PDF.
        data_root: Folder of its images in VOC layout, by default that of the
            run.
        ids: Validation images, by default some that are evenly spread.
        num_pictures: How many these are.

    Returns:
        The files.

    Raises:
        InputError: There is no segmentation, or no such image.
    """
    run = RunFile.read(work_dir)
    found = find_made(work_dir, run, read_records(work_dir), 'val')
    made = list({each.method: each for each in found
                 if not each.is_cams}.values())  # a method's last ones
    if not made:
        raise InputError(f'{work_dir}: no method has segmented images yet; '
                         'run the pipeline to its end')
    root = Path(data_root or run.data_root)
    reader = PictureReader(root)
    shared = reader.images(sorted(set.intersection(
        *(each.ids() for each in made))))
    truths = reader.truths(list(shared))
    for name in ids or ():
        if name not in truths:
            raise InputError(f'{name}: no image with a true mask and a '
                             f'segmentation of each method in {work_dir}; '
                             'give others')
    rows = []
    legend: dict[str, Entry] = {}
    for name in ids or spread(sorted(truths), num_pictures):
        masks = [load_mask(path) for path in (
            truths[name], *(each.path(name) for each in made))]
        rows.append([load_image(shared[name]), *map(colored, masks)])
        legend.update((entry[0], entry) for mask in masks
                      for entry in mask_legend(mask, reader.classes))
    if not rows:
        raise InputError(f'{root}: no true masks of the segmented images; '
                         'give the data_root that has them')
    return write_figure(
        out, ['image', 'truth', *(each.method for each in made)], rows,
        [legend[name] for name in sorted(legend)])

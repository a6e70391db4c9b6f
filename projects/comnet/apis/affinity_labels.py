# Copyright (c) COMNet contributors. All rights reserved.
"""Confident labels of the images of a list, to train an IRNet with."""

from pathlib import Path

from ..datasets.cam_file import CAMFile
from ..datasets.identity import folder_identity, images_identity
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import (
    load_image,
    read_split,
    require_files,
    save_mask,
)
from ..ops import AFFINITY_CRFS, affinity_labels, check_crf, require_crf
from ..utils.parallel import default_workers, run_jobs
from ..utils.progress import track
from ..utils.record import Record, claim, making


def write_affinity_labels(data_root: str | Path,
                          image_list: str,
                          cam_dir: str | Path,
                          out_dir: str | Path,
                          fg_threshold: float = 0.30,
                          bg_threshold: float = 0.05,
                          workers: int | None = None,
                          remake: bool = False,
                          crf: str | None = 'labels') -> None:
    """Turn CAMs into confident labels (IRN, Sec. 4), a PNG an image.

    Images whose labels are there are skipped, so that a run that was cut off
    goes on.

    Args:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        cam_dir: Folder of the CAMs.
        out_dir: Folder of the labels and of their record.
        fg_threshold: CAM from which on a pixel is foreground.
        bg_threshold: CAM below which a pixel is background.
        workers: Processes, by default one a core.
        remake: Whether to set the folder aside if it was made otherwise.
        crf: What refines them, see :func:`comnet.ops.affinity_labels`.

    Raises:
        InputError: Something given is missing or wrong.
    """
    check_crf(crf, AFFINITY_CRFS, 'crf')
    require_crf(crf)
    settings = fg_threshold, bg_threshold, crf
    cam_dir, out_dir = Path(cam_dir), Path(out_dir)
    ids = read_split(data_root, image_list)
    require_files(cam_dir, ids, '.npz', 'CAM file')
    record = claim(out_dir, affinity_record(
        data_root, image_list, cam_dir, *settings), remake,
        (data_root, cam_dir))
    todo = [image_id for image_id in ids
            if not (out_dir / f'{image_id}.png').exists()]
    print(f'{len(todo)} of {len(ids)} images to label', flush=True)
    if record.finished and not todo:
        return
    pictures = find_pictures(Path(data_root) / IMAGE_DIR, ids)
    jobs = ((pictures[image_id], cam_dir / f'{image_id}.npz',
             out_dir / f'{image_id}.png', *settings)
            for image_id in todo)
    with making(out_dir, record):
        for _ in track(run_jobs(_write_labels, jobs,
                                workers or default_workers()), len(todo)):
            pass


def affinity_record(data_root: str | Path, image_list: str,
                    cam_dir: str | Path, fg_threshold: float,
                    bg_threshold: float,
                    crf: str | None = 'labels') -> Record:
    """Return what affinity labels depend on.

    Where it names no ``crf`` it is the dense one, the only one there was.
    """
    settings = dict(fg_threshold=fg_threshold, bg_threshold=bg_threshold)
    return Record(
        dict(affinity=settings if crf == 'labels' else dict(
            settings, crf=crf)),
        dict(images=images_identity(data_root, image_list),
             cams=folder_identity(
                 cam_dir, read_split(data_root, image_list), '.npz')))


def _write_labels(image_path: Path, cam_path: Path, out_path: Path,
                  fg_threshold: float, bg_threshold: float,
                  crf: str | None) -> None:
    """Write the labels of one image."""
    cam, image = CAMFile.load(cam_path), load_image(image_path)
    cam.check_size(cam_path, image.shape[:2])
    save_mask(out_path, affinity_labels(
        image, cam.full_size(), cam.keys, fg_threshold, bg_threshold,
        crf=crf))

# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks of the images of a list, from their CAMs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import barrier, get_rank, get_world_size, is_main_process
from torch import Tensor

from ..datasets.cam_file import CAMFile
from ..datasets.identity import folder_identity, images_identity
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import (
    load_image,
    read_split,
    require_files,
    save_mask,
)
from ..engine.config import load_config
from ..engine.runner import init_distributed
from ..engine.settings import prediction_settings
from ..ops import pseudo_mask, require_crf, walk_scores
from ..utils.parallel import default_workers, run_jobs
from ..utils.progress import track
from ..utils.record import Record, claim, file_identity, making
from .class_boundaries import predict_boundaries
from .mask_evaluation import evaluate_masks
from .mask_settings import MaskSettings, WalkSettings


def write_walked_masks(config: str | Path,
                       checkpoint: str | Path,
                       cam_dir: str | Path,
                       out_dir: str | Path,
                       walk: Mapping[str, Any] | None = None,
                       options: Mapping[str, Any] | None = None,
                       workers: int | None = None,
                       launcher: str = 'none',
                       remake: bool = False) -> dict:
    """Turn CAMs into pseudo masks: random walk on class boundaries, CRF.

    Images whose mask is there are skipped, so that a run that was cut off
    goes on. Started by a launcher, each process takes a share of the images.

    Args:
        config: Config file of the IRNet; its ``predict_dataloader`` names
            the images.
        checkpoint: Its checkpoint.
        cam_dir: Folder of the CAMs.
        out_dir: Folder of the masks and of their record.
        walk: The fields of :class:`WalkSettings`, by default the config's
            ``random_walk``.
        options: Settings that override those of the config.
        workers: Processes for walk and CRF, by default one a core.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
        remake: Whether to set the folder aside if it was made otherwise.

    Returns:
        mIoU of the masks, see :func:`evaluate_masks`.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = load_config(config, options)
    walk = cfg.get('random_walk', {}) if walk is None else walk
    settings = WalkSettings.of(walk, 'random_walk')
    require_crf(settings.crf)
    dataset = cfg.predict_dataloader.dataset
    cam_dir, out_dir = Path(cam_dir), Path(out_dir)
    ids = read_split(dataset.data_root, dataset.image_set_path)

    on_gpu = get_device() == 'cuda'  # walk there, else in the workers

    def jobs(todo: Sequence[int]) -> Iterator[tuple]:
        for sample, cam in predict_boundaries(config, checkpoint, cam_dir,
                                              options, todo):
            cam.check_size(cam_dir / f'{sample.img_id}.npz', sample.ori_shape)
            boundary = sample.boundary.data[0]  # (h, w)
            if on_gpu:
                maps = _walk(
                    cam.cam, boundary, sample.ori_shape, settings), None
            else:
                maps = cam.cam, boundary.cpu().numpy()
            yield (sample.img_path, *maps, sample.ori_shape, cam.keys,
                   out_dir / f'{sample.img_id}.png', settings)

    init_distributed(launcher)
    require_files(cam_dir, ids, '.npz', 'CAM file')
    record = walk_record(cfg, checkpoint, cam_dir, settings)
    return _write_masks(dataset.data_root, dataset.image_set_path, out_dir,
                        cam_dir, record, _write_mask, jobs, workers, remake)


def write_cam_masks(data_root: str | Path,
                    image_list: str,
                    cam_dir: str | Path,
                    out_dir: str | Path,
                    settings: Mapping[str, Any] | None = None,
                    workers: int | None = None,
                    launcher: str = 'none',
                    remake: bool = False) -> dict:
    """Turn CAMs into pseudo masks without an IRNet, with the CRF alone.

    Args:
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.
        cam_dir: Folder of the CAMs.
        out_dir: Folder of the masks and of their record.
        settings: The fields of :class:`MaskSettings`.
        workers: As in :func:`write_walked_masks`, as all that follows.
        launcher: As there.
        remake: As there.

    Returns:
        mIoU of the masks, see :func:`evaluate_masks`.

    Raises:
        InputError: Something given is missing or wrong.
    """
    checked = MaskSettings.of(settings or {}, 'cam_crf')
    require_crf(checked.crf)
    cam_dir, out_dir = Path(cam_dir), Path(out_dir)
    ids = read_split(data_root, image_list)

    def jobs(todo: Sequence[int]) -> Iterator[tuple]:
        pictures = find_pictures(Path(data_root) / IMAGE_DIR, ids)
        for image_id in (ids[index] for index in todo):
            yield (pictures[image_id], cam_dir / f'{image_id}.npz',
                   out_dir / f'{image_id}.png', checked.bg_threshold,
                   checked.crf)

    init_distributed(launcher)
    require_files(cam_dir, ids, '.npz', 'CAM file')
    record = cam_mask_record(data_root, image_list, cam_dir, checked)
    return _write_masks(data_root, image_list, out_dir, cam_dir, record,
                        _write_cam_mask, jobs, workers, remake)


def walk_record(cfg: Config, checkpoint: str | Path, cam_dir: str | Path,
                settings: WalkSettings) -> Record:
    """Return what the masks of :func:`write_walked_masks` depend on."""
    dataset = cfg.predict_dataloader.dataset
    inputs = _inputs(dataset.data_root, dataset.image_set_path, cam_dir)
    return Record(
        dict(random_walk=asdict(settings),
             irnet=prediction_settings(cfg, 'predict_dataloader')),
        dict(inputs, checkpoint=file_identity(checkpoint)))


def cam_mask_record(data_root: str | Path, image_list: str,
                    cam_dir: str | Path,
                    settings: MaskSettings) -> Record:
    """Return what the masks of :func:`write_cam_masks` depend on."""
    return Record(dict(cam_crf=asdict(settings)),
                  _inputs(data_root, image_list, cam_dir))


def _inputs(data_root: str | Path, image_list: str,
            cam_dir: str | Path) -> dict[str, str]:
    """Return the identity of images and CAMs."""
    ids = read_split(data_root, image_list)
    return dict(images=images_identity(data_root, image_list),
                cams=folder_identity(cam_dir, ids, '.npz'))


def _write_masks(data_root: str | Path, image_list: str, out_dir: Path,
                 cam_dir: Path, record: Record, function: Callable[..., None],
                 jobs: Callable[[Sequence[int]], Iterator[tuple]],
                 workers: int | None, remake: bool) -> dict:
    """Write the masks that are not there yet, and evaluate all of them."""
    record = claim(out_dir, record, remake, (data_root, cam_dir))
    ids = read_split(data_root, image_list)
    todo = [index for index, image_id in enumerate(ids)
            if not (out_dir / f'{image_id}.png').exists()]
    barrier()  # nobody writes before all have seen the same
    share = todo[get_rank()::get_world_size()]
    print(f'{len(share)} of {len(ids)} images to mask', flush=True)
    if record.finished and not todo:
        return record.results
    with making(out_dir, record) as results:
        for _ in track(run_jobs(function, jobs(share),
                                workers or default_workers()), len(share)):
            pass
        barrier()
        if is_main_process():
            results.update(evaluate_masks(out_dir, data_root, image_list))
    return results


def _walk(cam: np.ndarray, boundary: Tensor, size: tuple[int, int],
          walk: WalkSettings) -> np.ndarray:
    """Return the scores (K, H, W) of CAMs (K, h, w) after the walk."""
    scores = walk_scores(
        torch.from_numpy(cam).to(boundary), boundary, size, walk.radius,
        walk.beta, walk.num_steps, walk.normalize)
    return scores.cpu().numpy()


def _write_mask(image_path: str | Path, maps: np.ndarray,
                boundary: np.ndarray | None, size: tuple[int, int],
                class_ids: np.ndarray, out_path: Path,
                settings: WalkSettings) -> None:
    """Write the mask of CAMs to be walked on, or of scores after the walk.

    Args:
        image_path: The image.
        maps: CAMs (K, h, w), without a boundary scores (K, H, W).
        boundary: Probability of a class boundary, (h, w), or None.
        size: Height and width of the image.
        class_ids: The K classes, (K,).
        out_path: File of the mask.
        settings: Those of the walk and of the mask.
    """
    if boundary is not None:
        maps = _walk(maps, torch.from_numpy(boundary), size, settings)
    image = None if settings.crf is None else load_image(image_path)
    save_mask(out_path, pseudo_mask(maps, class_ids, settings.bg_threshold,
                                    image, settings.crf))


def _write_cam_mask(image_path: Path, cam_path: Path, out_path: Path,
                    bg_threshold: float, crf: str | None) -> None:
    """Write the mask of an image's CAMs."""
    cam, image = CAMFile.load(cam_path), load_image(image_path)
    cam.check_size(cam_path, image.shape[:2])
    save_mask(out_path, pseudo_mask(cam.full_size(), cam.keys,
                                    bg_threshold, image, crf))

# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into pseudo masks: random walk on class boundaries, then CRF.

With 'none' in place of an IRNet's checkpoint, the CAMs are refined by the CRF
alone. Images whose mask is there already are skipped, so that a run that was
cut off goes on; to make all of them anew, delete the folder. Started by a
launcher, each process takes a share of the images. Where the data set has
true masks, the result is evaluated.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from mmengine import Config, dump
from mmengine.dataset import BaseDataset
from mmengine.dist import barrier, get_rank, get_world_size, is_main_process
from mmengine.registry import init_default_scope
from mmseg.registry import DATASETS

from comnet.apis.class_boundaries import predict_boundaries
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import (
    load_image,
    read_classes,
    require_files,
    save_mask,
)
from comnet.engine.config import add_cfg_options, load_config
from comnet.engine.runner import LAUNCHERS, init_distributed
from comnet.evaluation import mask_iou
from comnet.ops import (
    crf_refine_labels,
    crf_refine_scores,
    pseudo_mask,
    walk_scores,
)
from comnet.utils import InputError, one_line_errors
from comnet.utils.atomic_file import remove_partial_files
from comnet.utils.folder_settings import claim_folder
from comnet.utils.parallel import default_workers, run_jobs
from comnet.utils.progress import track

CRFS = (None, 'labels', 'scores')  # what the CRF after the walk starts from


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file of the IRNet')
    parser.add_argument(
        'checkpoint', help="checkpoint of the IRNet, or 'none' to do without")
    parser.add_argument(
        'cam_dir', type=Path, help='folder of the .npz that test.py wrote')
    parser.add_argument('out_dir', type=Path, help='folder of the PNGs')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the metrics to this file')
    parser.add_argument(
        '--workers',
        type=int,
        default=default_workers(),
        help='processes for CRF, of each process of a launcher '
        '(default: %(default)s)')
    parser.add_argument(
        '--launcher', choices=LAUNCHERS, default='none', help='job launcher')
    add_cfg_options(parser)
    return parser.parse_args()


def walked_scores(args: argparse.Namespace, cfg: Config, dataset: BaseDataset
                  ) -> Iterator[tuple]:
    """Yield the arguments of :func:`write_mask` after the random walk."""
    walk = cfg.random_walk
    for sample, cam in predict_boundaries(cfg, args.checkpoint, dataset,
                                          args.cam_dir):
        boundary = sample.boundary.data[0]  # (h, w)
        scores = walk_scores(
            torch.from_numpy(cam.cam).to(boundary),
            boundary,
            sample.ori_shape,
            radius=walk.radius,
            beta=walk.beta,
            num_steps=walk.num_steps,
            normalize=walk.normalize)  # (K, H, W)
        yield (sample.img_path, scores.cpu().numpy(), cam.keys,
               args.out_dir / f'{sample.img_id}.png', walk.bg_threshold,
               walk.crf)


def write_mask(image_path: str, scores: np.ndarray, class_ids: np.ndarray,
               out_path: Path, bg_threshold: float, crf: str | None) -> None:
    """Write the mask of scores (K, H, W), refined by CRF or as it is."""
    if crf == 'scores':
        index = crf_refine_scores(
            load_image(image_path), scores, bg_threshold)
        mask = np.append(0, class_ids + 1)[index].astype(np.uint8)
    else:
        mask = pseudo_mask(
            torch.from_numpy(scores), torch.from_numpy(class_ids),
            bg_threshold).numpy()
    if crf == 'labels':
        labels, index = np.unique(mask, return_inverse=True)
        index = crf_refine_labels(
            load_image(image_path), index.reshape(mask.shape), len(labels))
        mask = labels[index]
    save_mask(out_path, mask)


def write_cam_mask(image_path: str, cam_path: Path, *args: object) -> None:
    """Write the mask of an image's CAMs alone, refined by CRF."""
    cam = CAMFile.load(cam_path)
    write_mask(image_path, cam.high_res, cam.keys, *args)


def write_masks(args: argparse.Namespace, cfg: Config,
                dataset: BaseDataset) -> None:
    """Write the masks of all images of a data set."""
    if args.checkpoint == 'none':
        infos = [dataset.get_data_info(idx) for idx in range(len(dataset))]
        function, jobs = write_cam_mask, [
            (info['img_path'], args.cam_dir / f'{info["img_id"]}.npz',
             args.out_dir / f'{info["img_id"]}.png',
             cfg.cam_crf.bg_threshold, 'labels') for info in infos]
    else:
        function, jobs = write_mask, walked_scores(args, cfg, dataset)
    for _ in track(run_jobs(function, jobs, args.workers), len(dataset)):
        pass


def evaluate(args: argparse.Namespace, cfg: Config,
             ids: Sequence[str]) -> None:
    """Print, and write on demand, the mIoU of the masks."""
    metrics = mask_iou(args.out_dir,
                       Path(cfg.data_root) / 'SegmentationClass', ids,
                       read_classes(cfg.data_root))
    print(f'pseudo masks: {metrics}')
    if args.out:
        dump(metrics, args.out, indent=2)


def settings(args: argparse.Namespace, cfg: Config) -> dict:
    """Return what the masks depend on."""
    inputs = dict(cam_dir=args.cam_dir.resolve())
    if args.checkpoint == 'none':
        return dict(inputs, cam_crf=dict(cfg.cam_crf))
    return dict(inputs, checkpoint=Path(args.checkpoint).resolve(),
                random_walk=dict(cfg.random_walk))


def main() -> None:
    args = parse_args()
    cfg = load_config(args.config, args.cfg_options)
    if cfg.random_walk.crf not in CRFS:
        raise InputError(f'{args.config}: random_walk.crf is '
                         f'{cfg.random_walk.crf}; give one of {CRFS}')
    init_default_scope(cfg.default_scope)
    init_distributed(args.launcher)
    dataset = DATASETS.build(cfg.predict_dataloader.dataset)
    ids = [dataset.get_data_info(index)['img_id']
           for index in range(len(dataset))]
    require_files(args.cam_dir, ids, '.npz', 'CAM file')
    if is_main_process():
        claim_folder(args.out_dir, settings(args, cfg))
        remove_partial_files(args.out_dir)
    barrier()
    todo = [index for index, image_id in enumerate(ids)
            if not (args.out_dir / f'{image_id}.png').exists()]
    barrier()  # nobody writes before all have seen the same
    todo = todo[get_rank()::get_world_size()]
    print(f'{len(todo)} of {len(ids)} images to mask', flush=True)
    if todo:
        dataset.get_subset_(todo)
        write_masks(args, cfg, dataset)
    barrier()
    if is_main_process():
        evaluate(args, cfg, ids)


if __name__ == '__main__':
    with one_line_errors():
        main()

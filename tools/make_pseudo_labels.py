# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into pseudo masks: random walk on class boundaries, then CRF.

Images whose mask is there already are skipped, so that a run that was cut off
goes on; to make all of them anew, delete the folder. Where the data set has
true masks, the result is evaluated.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import cpu_count, get_context
from pathlib import Path

import numpy as np
import torch
from mmengine import Config, DictAction, dump
from mmengine.device import get_device
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmseg.registry import DATASETS, MODELS
from torch.utils.data import DataLoader

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import (
    load_image,
    read_classes,
    require_files,
    save_mask,
)
from comnet.evaluation import mask_iou
from comnet.ops import crf_refine_labels, pseudo_mask, random_walk
from comnet.utils import one_line_errors
from comnet.utils.checkpoint import load_weights
from comnet.utils.config import load_config
from comnet.utils.progress import track


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file of the IRNet')
    parser.add_argument('checkpoint', help='checkpoint of the IRNet')
    parser.add_argument(
        'cam_dir', type=Path, help='folder of the .npz that test.py wrote')
    parser.add_argument('out_dir', type=Path, help='folder of the PNGs')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the metrics to this file')
    parser.add_argument(
        '--workers', type=int, default=cpu_count(), help='processes for CRF')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='settings that override those of the config')
    return parser.parse_args()


def walk(cfg: Config, checkpoint: str, loader: DataLoader,
         cam_dir: Path) -> Iterator[tuple[dict, np.ndarray]]:
    """Yield the metainfo and the mask (H, W) of each image of a loader."""
    device = get_device()
    model = MODELS.build(cfg.model)
    load_weights(model, checkpoint)
    model.to(device).eval()
    for batch in loader:
        for sample in model.test_step(batch):
            cam = CAMFile.load(cam_dir / f'{sample.img_id}.npz')
            scores = random_walk(
                torch.from_numpy(cam.cam).to(device),
                sample.boundary.data[0],
                radius=cfg.random_walk.radius,
                beta=cfg.random_walk.beta,
                num_steps=cfg.random_walk.num_steps)  # (K, h, w)
            mask = pseudo_mask(scores, torch.from_numpy(cam.keys),
                               sample.ori_shape, cfg.random_walk.bg_threshold)
            yield sample.metainfo, mask.cpu().numpy()


def refine(image_path: str, mask: np.ndarray, out_path: Path,
           crf: bool) -> None:
    """Write a mask (H, W), refined by CRF or as it is."""
    if crf:
        labels, index = np.unique(mask, return_inverse=True)
        index = crf_refine_labels(
            load_image(image_path), index.reshape(mask.shape), len(labels))
        mask = labels[index]
    save_mask(out_path, mask)


def main() -> None:
    args = parse_args()
    cfg = load_config(args.config, args.cfg_options)
    init_default_scope(cfg.default_scope)
    dataset = DATASETS.build(cfg.predict_dataloader.dataset)
    ids = [dataset.get_data_info(index)['img_id']
           for index in range(len(dataset))]
    require_files(args.cam_dir, ids, '.npz', 'CAM file')
    todo = [index for index, image_id in enumerate(ids)
            if not (args.out_dir / f'{image_id}.png').exists()]
    print(f'{len(todo)} of {len(ids)} images to mask')
    if todo:
        dataset.get_subset_(todo)
        loader = Runner.build_dataloader(
            dict(cfg.predict_dataloader, dataset=dataset), seed=0)
        write_masks(args, cfg, loader)
    metrics = mask_iou(args.out_dir,
                       Path(cfg.data_root) / 'SegmentationClass', ids,
                       read_classes(cfg.data_root))
    print(f'pseudo masks: {metrics}')
    if args.out:
        dump(metrics, args.out, indent=2)


def write_masks(args: argparse.Namespace, cfg: Config,
                loader: DataLoader) -> None:
    """Walk in this process and refine in others."""
    with ProcessPoolExecutor(
            args.workers, mp_context=get_context('fork')) as pool:
        jobs: list[Future] = []
        walked = walk(cfg, args.checkpoint, loader, args.cam_dir)
        for info, mask in track(walked, len(loader.dataset)):
            jobs.append(pool.submit(
                refine, info['img_path'], mask,
                args.out_dir / f'{info["img_id"]}.png', cfg.random_walk.crf))
        for job in jobs:
            job.result()


if __name__ == '__main__':
    with one_line_errors():
        main()

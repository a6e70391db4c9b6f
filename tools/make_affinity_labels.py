# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into confident labels that an IRNet is trained on.

Images whose labels are there already are skipped, so that a run that was cut
off goes on; to make all of them anew, delete the folder.
"""

import argparse
from pathlib import Path

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import (
    load_image,
    read_split,
    require_files,
    save_mask,
)
from comnet.ops import affinity_labels
from comnet.utils import one_line_errors
from comnet.utils.atomic_file import remove_partial_files
from comnet.utils.folder_settings import claim_folder
from comnet.utils.parallel import default_workers, run_jobs
from comnet.utils.progress import track


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data_root', type=Path, help='folder in VOC layout')
    parser.add_argument(
        'cam_dir', type=Path, help='folder of the .npz that test.py wrote')
    parser.add_argument('out_dir', type=Path, help='folder of the PNGs')
    parser.add_argument(
        '--image-set-path',
        default='ImageSets/Segmentation/train.txt',
        help='list of image ids in data_root (default: %(default)s)')
    parser.add_argument(
        '--fg-threshold',
        type=float,
        default=0.30,
        help='CAM from which on a pixel is foreground (default: %(default)s)')
    parser.add_argument(
        '--bg-threshold',
        type=float,
        default=0.05,
        help='CAM below which a pixel is background (default: %(default)s)')
    parser.add_argument(
        '--workers',
        type=int,
        default=default_workers(),
        help='processes (default: %(default)s)')
    return parser.parse_args()


def write_labels(image_id: str, args: argparse.Namespace) -> None:
    """Write the labels of one image."""
    cam = CAMFile.load(args.cam_dir / f'{image_id}.npz')
    image = load_image(args.data_root / 'JPEGImages' / f'{image_id}.jpg')
    labels = affinity_labels(image, cam.high_res, cam.keys, args.fg_threshold,
                             args.bg_threshold)
    save_mask(args.out_dir / f'{image_id}.png', labels)


def main() -> None:
    args = parse_args()
    ids = read_split(args.data_root, args.image_set_path)
    require_files(args.cam_dir, ids, '.npz', 'CAM file')
    claim_folder(args.out_dir, dict(
        cam_dir=args.cam_dir.resolve(), fg_threshold=args.fg_threshold,
        bg_threshold=args.bg_threshold))
    remove_partial_files(args.out_dir)
    todo = [image_id for image_id in ids
            if not (args.out_dir / f'{image_id}.png').exists()]
    print(f'{len(todo)} of {len(ids)} images to label')
    jobs = ((image_id, args) for image_id in todo)
    for _ in track(run_jobs(write_labels, jobs, args.workers), len(todo)):
        pass


if __name__ == '__main__':
    with one_line_errors():
        main()

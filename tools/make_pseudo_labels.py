# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into pseudo masks: random walk on class boundaries, then CRF.

The walk's settings are ``random_walk`` of the IRNet's config. With 'none' in
place of an IRNet's checkpoint, the CAMs are refined by the CRF alone
(``cam_crf``). The ``crf`` of either may be 'par', pixel-adaptive refinement,
which needs no compiler. Images whose mask is there already are skipped, so
that a run that was cut off goes on. Started by a launcher, each process takes
a share of the images. Where the data set has true masks, the result is
evaluated.
"""

import argparse

from mmengine import dump
from mmengine.dist import is_main_process

from comnet.apis import write_cam_masks, write_walked_masks
from comnet.engine.cfg_options import add_cfg_options
from comnet.engine.config import load_config
from comnet.engine.runner import add_launcher_options
from comnet.utils import one_line_errors
from comnet.utils.parallel import default_workers


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file of the IRNet')
    parser.add_argument(
        'checkpoint', help="checkpoint of the IRNet, or 'none' to do without")
    parser.add_argument('cam_dir', help='folder of the CAMs')
    parser.add_argument('out_dir', help='folder of the PNGs')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the metrics to this file')
    parser.add_argument(
        '--workers',
        type=int,
        default=default_workers(),
        help='processes for CRF, of each process of a launcher '
        '(default: %(default)s)')
    parser.add_argument(
        '--remake',
        action='store_true',
        help='set the folder aside if it was made otherwise')
    add_cfg_options(parser)
    add_launcher_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    shared = dict(workers=args.workers, launcher=args.launcher,
                  remake=args.remake)
    if args.checkpoint == 'none':
        cfg = load_config(args.config, args.cfg_options)
        dataset = cfg.predict_dataloader.dataset
        metrics = write_cam_masks(
            dataset.data_root, dataset.image_set_path, args.cam_dir,
            args.out_dir, cfg.get('cam_crf'), **shared)
    else:
        metrics = write_walked_masks(
            args.config, args.checkpoint, args.cam_dir, args.out_dir,
            options=args.cfg_options, **shared)
    if is_main_process():
        print(f'pseudo masks: {metrics}')
        if args.out:
            dump(metrics, args.out, indent=2)


if __name__ == '__main__':
    with one_line_errors():
        main()

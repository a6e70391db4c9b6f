# Copyright (c) COMNet contributors. All rights reserved.
"""Segment a picture, or map its classes, and write what is seen.

With the config of a segmentor: the mask and an overlay; with that of a
classifier: a heat map of each class that it finds.
"""

import argparse

from comnet.apis import CAMInferencer, SegmentationInferencer, cam_hook
from comnet.engine.config import read_config
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('img', help='picture, or folder of pictures')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--out-dir', default='demo_out', help='(default: %(default)s)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    inferencer = (SegmentationInferencer
                  if cam_hook(read_config(args.config)) is None
                  else CAMInferencer)
    inferencer(args.config, args.checkpoint)(args.img, out_dir=args.out_dir)
    print(args.out_dir)


if __name__ == '__main__':
    with one_line_errors():
        main()

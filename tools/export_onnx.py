# Copyright (c) COMNet contributors. All rights reserved.
"""Export a segmentor, or a classifier with its CAMs, to an ONNX file.

The input is a picture in RGB, uint8, (1, 3, H, W), of any size from 64 pixels
on. A segmentor gives probs (1, C + 1, H, W) and labels (1, H, W), a classifier
scores (1, C) and maps (1, C, H, W).
"""

import argparse

from comnet.apis import export_onnx
from comnet.engine.cfg_options import add_cfg_options
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('out', help='file to write, such as model.onnx')
    add_cfg_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    print(export_onnx(
        args.config, args.checkpoint, args.out, args.cfg_options))


if __name__ == '__main__':
    with one_line_errors():
        main()

# Copyright (c) COMNet contributors. All rights reserved.
"""Write a checkpoint's weights and classes to a file to give away.

OUT_FILE gets the first digits of its SHA-256: model.pth becomes
model-0123abcd.pth.
"""

import argparse

from comnet.apis import publish_model
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('in_file', help='checkpoint of a training')
    parser.add_argument('out_file', help='file to write, such as model.pth')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    print(publish_model(args.in_file, args.out_file))


if __name__ == '__main__':
    with one_line_errors():
        main()

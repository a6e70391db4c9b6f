# Copyright (c) COMNet contributors. All rights reserved.
"""Show what the matching saw in pictures of your own, as one page.

M* of inter-matching, the points that intra-matching finds for one of the
object and one of the background, and the class activation map with and
without matching. Two pictures are matched with each other, one with itself.
"""

import argparse

from comnet.apis import explain_matching
from comnet.engine.cfg_options import add_cfg_options
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('images', nargs='+', help='pictures')
    parser.add_argument(
        '--config', required=True, help='config file of a classifier')
    parser.add_argument('--checkpoint', required=True, help='checkpoint file')
    parser.add_argument('--out', required=True, help='HTML file to write')
    parser.add_argument(
        '--label', help='class to map (default: the one found in all)')
    add_cfg_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    explain_matching(args.config, args.checkpoint, args.images, args.out,
                     args.label, args.cfg_options)
    print(args.out)


if __name__ == '__main__':
    with one_line_errors():
        main()

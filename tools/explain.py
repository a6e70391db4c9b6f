# Copyright (c) COMNet contributors. All rights reserved.
"""Show what the matching saw in pictures of your own, as one page.

M* of inter-matching, the points that intra-matching finds for one of the
object and one of the background, and the class activation map with and
without matching. Two pictures are matched with each other, one with itself.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('images', nargs='+', help='pictures')
    parser.look('images', require_path)
    parser.add_network('a classifier', '--', run=True)
    parser.add_argument('--out', required=True, help='HTML file to write')
    parser.add_argument(
        '--label', help='class to map (default: the one found in all)')
    parser.add('--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import explain_matching, given_network

    explain_matching(
        *given_network(args.config, args.checkpoint, args.run, args.method,
                       'classifier'),
        args.images, args.out, args.label, args.cfg_options)
    print(args.out)


if __name__ == '__main__':
    make_parser().run(main)

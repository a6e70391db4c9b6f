# Copyright (c) COMNet contributors. All rights reserved.
"""Choose thresholds and walk of a pipeline's run, without a true mask.

Give it what comnet pipeline was given. The affinity labels' thresholds are
chosen where there are CAMs, the walk and the threshold of the pseudo masks
where there is an IRNet, too, by how well masks fit the pictures' colours and
how scores part in two. It changes nothing, and prints the command that takes
the choice.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_config('pipeline config file', data=True)
    parser.add('--work-dir', '--methods', '--seed')
    parser.add_argument(
        '--num-pictures', type=int, default=300,
        help='pictures to look at (default: %(default)s)')
    parser.add('--cfg-options')
    return parser


def main(args: Namespace) -> None:
    import shlex

    from comnet.pipeline import tune
    from comnet.results import text_table

    options = args.cfg_options or {}
    choices = tune(args.config, args.work_dir, options, methods=args.methods,
                   seed=args.seed, num_pictures=args.num_pictures)
    print(text_table([['setting', 'is', 'chosen', 'why'], *(
        [each.setting, f'{each.before}', f'{each.chosen}', each.why]
        for each in choices)]), end='')
    words = ['comnet', 'pipeline', args.config, '--work-dir', args.work_dir]
    if args.methods:
        words += ['--methods', *args.methods]
    if args.seed:
        words += ['--seed', f'{args.seed}']
    words += ['--remake', '--cfg-options', *(
        f'{key}={value}' for key, value in {**options, **{
            each.setting: each.chosen for each in choices}}.items())]
    print(f'take them: {shlex.join(words)}')


if __name__ == '__main__':
    make_parser().run(main)

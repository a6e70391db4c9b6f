# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into pseudo masks: random walk on class boundaries, then CRF.

The settings are ``pseudo`` of the IRNet's config, such as --cfg-options
pseudo.num_steps=64. With 'none' in place of an IRNet's checkpoint there is no
walk, and they are pseudo.bg_threshold and pseudo.refine alone. The refiner may
be PAR, which needs no compiler. Images whose mask is there already are
skipped, so that a run that was cut off goes on. Started by a launcher, each
process takes a share of the images. Where the data set has true masks, the
result is evaluated.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser, write_metrics
from comnet.utils.given import require_checkpoint, require_folder

PREFIX = 'pseudo.'  # of the settings
NONE = 'none'  # instead of a checkpoint


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network("an IRNet, or 'none' to do without", data=True,
                       checkpoint=require_irnet)
    parser.look('cam_dir', require_folder)
    parser.add('cam_dir', 'out_dir', '--out', '--workers', '--remake',
               '--cfg-options', '--launcher')
    return parser


def require_irnet(path: str) -> None:
    """Look for the checkpoint, unless there is to be none."""
    if path != NONE:
        require_checkpoint(path)


def main(args: Namespace) -> None:
    from mmengine.config import Config
    from mmengine.dist import is_main_process

    from comnet.apis import write_cam_masks, write_walked_masks
    from comnet.engine.config import load_config
    from comnet.engine.config_file import override

    shared = dict(workers=args.workers, launcher=args.launcher,
                  remake=args.remake)
    if args.checkpoint == NONE:
        cfg = load_config(args.config, args.cfg_options)
        dataset = cfg.predict_dataloader.dataset
        own = Config(dict(pseudo={}), filename=args.config)
        override(own, {key: value for key, value in (
            args.cfg_options or {}).items() if key.startswith(PREFIX)})
        metrics = write_cam_masks(
            dataset.data_root, dataset.image_set_path, args.cam_dir,
            args.out_dir, **shared, **own.pseudo)
    else:
        metrics = write_walked_masks(
            args.config, args.checkpoint, args.cam_dir, args.out_dir,
            options=args.cfg_options, **shared)
    if is_main_process():
        print(f'pseudo masks: {metrics}')
    write_metrics(metrics, args.out)


if __name__ == '__main__':
    make_parser().run(main)

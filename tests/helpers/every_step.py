# Copyright (c) COMNet contributors. All rights reserved.
"""Makes all files of a classifier and an IRNet, as a script of a launcher."""

import sys
from pathlib import Path

import torch

from comnet.steps import AffinityLabels, CAMs, Directions, WalkedMasks


def make_files(configs: Path, classifier: Path, irnet: Path, data_root: Path,
               image_list: str, out_dir: Path, launcher: str) -> None:
    """Make directions, CAMs, affinity labels and pseudo masks of images."""
    options = dict(data_root=str(data_root), train_list=image_list)
    Directions(configs / 'classifier.py', classifier, out_dir / 'directions',
               options).run(launcher=launcher)
    CAMs(configs / 'classifier.py', classifier, out_dir / 'cams',
         options).run(launcher=launcher)
    AffinityLabels(data_root, image_list, out_dir / 'cams',
                   out_dir / 'labels').run(1, launcher)
    WalkedMasks(configs / 'irnet.py', irnet, out_dir / 'cams',
                out_dir / 'masks', options).run(1, launcher)


if __name__ == '__main__':
    torch.set_num_threads(1)
    *places, names, out = sys.argv[1:]
    make_files(*map(Path, places), names, Path(out), 'pytorch')

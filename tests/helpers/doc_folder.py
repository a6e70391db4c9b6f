# Copyright (c) COMNet contributors. All rights reserved.
"""A folder of files that are called as the pages call them, and tiny."""

import shutil
from pathlib import Path

import torch

from comnet.engine.checkpoint import find_checkpoint
from helpers import tiny
from helpers.doc_blocks import ROOT, read_blocks

NETWORKS = dict(classifier='comnet_r50_voc', irnet='irnet_r50_voc',
                segmentor='deeplabv2_r50_voc')
CHECKPOINTS = ('classifier/epoch_5.pth', 'segmentor/iter_20000.pth',
               'work_dirs/demo/comnet/classifier/epoch_12.pth')
NECK = '''
from mmengine.model import BaseModule
from mmpretrain.registry import MODELS

@MODELS.register_module(force=True)
class MyNeck(BaseModule):
    pass
'''
PIXEL = '''
_base_ = 'deeplabv2_r50_voc.py'
model = dict(decode_head=dict(
    _delete_=True, type='PixelHead', in_channels=128, num_classes=6))
'''


def fill(root: Path, whole_way: Path, demo_root: Path) -> None:
    """Copy what is small and made already to the names of the pages.

    Args:
        root: The folder.
        whole_way: The folder of a finished pipeline.
        demo_root: The data that it was made of.
    """
    _copy_data(root, demo_root)
    _copy_runs(root, whole_way)
    _copy_networks(root, whole_way / tiny.METHOD)
    (root / 'my_neck.py').write_text(NECK)
    (root / '.venv/bin').mkdir(parents=True, exist_ok=True)
    (root / '.venv/bin/activate').touch()
    (root / 'configs/pixel_r50_voc.py').write_text(PIXEL)
    for block in read_blocks('python'):
        if 'rows = dict(' in block.code:
            (root / 'neighbours.py').write_text(block.code)


def _copy_data(root: Path, demo_root: Path) -> None:
    """Make data sets, pictures and their tags."""
    for name in ('data/demo', 'data/VOCdevkit/VOC2012'):
        shutil.copytree(demo_root, root / name)
    lists = root / 'data/VOCdevkit/VOC2012/ImageSets/Segmentation'
    shutil.copy(lists / 'train.txt', lists / 'train_aug.txt')
    shutil.copy(lists / 'val.txt', lists / 'test.txt')
    shutil.copytree(demo_root / 'JPEGImages', root / 'pictures')
    photos = sorted((root / 'pictures').iterdir())
    (root / 'tags.csv').write_text(
        ''.join(f'{photo.name},cat,dog\n' for photo in photos))
    (root / 'more').mkdir()
    shutil.copytree(ROOT / 'demo/photos', root / 'demo/photos')
    for name in ('a.jpg', 'more/a.jpg', 'IMG', 'colours.png'):
        shutil.copy(photos[0], root / name)
    shutil.copy(demo_root / 'SegmentationClass/train_00000.png',
                root / 'mask.png')


def _copy_runs(root: Path, whole_way: Path) -> None:
    """Make work dirs of pipelines, predicted masks and CAMs."""
    made = whole_way / tiny.METHOD
    for name in ('demo', 'mine', 'voc'):
        shutil.copytree(whole_way, root / 'work_dirs' / name)
    for name in ('voc/test', 'voc-test'):
        shutil.copytree(made / 'evaluation', root / 'work_dirs' / name)
    shutil.copytree(made / 'cam/cams', root / 'folder/of/cams')


def _copy_networks(root: Path, made: Path) -> None:
    """Make configs and checkpoints."""
    for step, name in NETWORKS.items():
        demo = name.replace('_r50_voc', '_lite0_demo')
        for copy in (f'configs/{name}.py', f'{name}.py', f'{step}/{name}.py',
                     f'configs/demo/{demo}.py'):
            (root / copy).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(made / step / f'{step}.py', root / copy)
    for copy in CHECKPOINTS:
        step = Path(copy).parent.name
        (root / copy).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(find_checkpoint(made / step), root / copy)
        if step == 'segmentor':
            _find_objects(root / copy)


def _find_objects(checkpoint: Path) -> None:
    """Keep a segmentor from calling everything background."""
    content = torch.load(checkpoint, weights_only=False)
    for name, value in content['state_dict'].items():
        if name.startswith('decode_head') and name.endswith('bias'):
            value[0] = -100
    torch.save(content, checkpoint)

# Copyright (c) COMNet contributors. All rights reserved.
"""Tiny configs with a schedule of two steps, and all stages on them."""

from pathlib import Path

from comnet import apis
from comnet.pipeline import Workspace

ROOT = Path(__file__).parents[1]
TINY = ROOT / 'tests/configs'
SPLIT = 'ImageSets/Segmentation/{}.txt'
TRAIN_IDS = [f'train_{idx:05d}' for idx in range(12)]
METHOD = 'comnet'

CLASSIFIER = '''
_base_ = '{tiny}/comnet_tiny.py'
train_dataloader = dict(
    batch_size={batch_size}, num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0)
train_cfg = dict(max_epochs=1)
custom_hooks = [
    dict(type='GroupSamplingHook'), dict(type='CAMHook', scales=(1.0, ))]
'''
IRNET = '''
_base_ = '{tiny}/irnet_tiny.py'
train_dataloader = dict(
    batch_size=6, num_workers=0, persistent_workers=False)
predict_dataloader = dict(num_workers=0)
train_cfg = dict(max_epochs=1)
'''
SEGMENTOR = '''
_base_ = '{tiny}/deeplabv2_tiny.py'
train_dataloader = dict(
    batch_size=4, num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = val_dataloader
train_cfg = dict(max_iters=2, val_interval=3)
default_hooks = dict(checkpoint=dict(interval=2))
'''
PIPELINE = '''
_base_ = '{configs}/_base_/pseudo/demo.py'
data_root = '{data_root}'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'
pretrained = dict(classifier=None, irnet='classifier', segmentor='classifier')
irnet = 'irnet.py'
segmentor = 'segmentor.py'
methods = dict(comnet=dict(classifier='classifier.py'))
'''


def write_configs(folder: Path, data_root: Path, batch_size: int = 6,
                  configs: Path = ROOT / 'configs') -> None:
    """Write the configs of the networks and of the pipeline."""
    folder.mkdir(parents=True)
    for name, text in (('classifier', CLASSIFIER), ('irnet', IRNET),
                       ('segmentor', SEGMENTOR), ('pipeline', PIPELINE)):
        (folder / f'{name}.py').write_text(text.format(
            configs=configs, tiny=TINY, data_root=data_root,
            batch_size=batch_size))


def run_whole_way(configs: Path, data_root: Path, root: Path) -> None:
    """Call the functions of ``comnet.apis`` one after the other."""
    work = Workspace(root)
    train_list = SPLIT.format('train')
    options = dict(data_root=str(data_root), train_list=train_list,
                   val_list=SPLIT.format('val'), pretrained=None)
    cams, labels = work.cams(METHOD), work.affinity_labels(METHOD)
    masks = work.pseudo_masks(METHOD)
    classifier = apis.train(
        configs / 'classifier.py', work.stage(METHOD, 'classifier'), options)
    apis.write_cams(configs / 'classifier.py', classifier, cams, options)
    apis.write_affinity_labels(
        data_root, train_list, cams, labels, bg_threshold=0.15, workers=2)
    options['pretrained'] = str(classifier)
    labelled = {'train_dataloader.dataset.seg_map_dir': str(labels)}
    irnet = apis.train(
        configs / 'irnet.py', work.stage(METHOD, 'irnet'),
        {**options, **labelled})
    apis.write_walked_masks(configs / 'irnet.py', irnet, cams, masks,
                            options=options, workers=2)
    masked = {'train_dataloader.dataset.seg_map_dir': str(masks)}
    segmentor = apis.train(
        configs / 'segmentor.py', work.stage(METHOD, 'segmentor'),
        {**options, **masked}, validate=False)
    apis.test(configs / 'segmentor.py', segmentor,
              work.stage(METHOD, 'evaluation'), options)

# Copyright (c) COMNet contributors. All rights reserved.
"""Tiny configs that train for two iterations, and all steps on them."""

from pathlib import Path

from comnet import apis
from comnet.engine.checkpoint import find_checkpoint
from comnet.pipeline import read_methods
from comnet.pipeline.run import write_run

ROOT = Path(__file__).parents[2]
TINY = ROOT / 'tests/configs'
SPLIT = 'ImageSets/Segmentation/{}.txt'
TRAIN_IDS = [f'train_{idx:05d}' for idx in range(12)]
METHOD = 'comnet'
STEPS = ('classifier', 'cam', 'affinity', 'irnet', 'pseudo', 'segmentor',
         'evaluation')

CLASSIFIER = '''
_base_ = '{tiny}/comnet_tiny.py'
train_dataloader = dict(
    batch_size={batch_size}, num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0)
train_cfg = dict(max_epochs=1)
default_hooks = dict(cam=dict(scales=(1.0, )))
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
pretrained = None
irnet = dict(config='irnet.py', start='classifier')
segmentor = dict(config='segmentor.py', start='classifier')
methods = dict(comnet=dict(classifier='classifier.py'))
'''

LOAD = [dict(type='LoadVOCImage')]
LOAD_MASK = [*LOAD, dict(type='LoadVOCMask'), dict(type='PackSegInputs')]
PLAIN = dict(  # without chance, but for the order of images and partners
    classifier=[*LOAD, dict(type='PackInputs')], irnet=LOAD_MASK,
    segmentor=LOAD_MASK)

PLAIN_LR = dict(classifier=2.0, irnet=0.05, segmentor=0.05)


def plain_options(step: str, batch_size: int) -> dict:
    """Return what makes a training depend on its batches alone.

    It learns so fast that one of other batches has other weights.
    """
    return {
        'train_dataloader.dataset.pipeline': PLAIN[step],
        'train_dataloader.batch_size': batch_size,
        'model.backbone.norm_eval': True,  # statistics are a process's own
        'optim_wrapper.optimizer': dict(
            type='SGD', lr=PLAIN_LR[step], _delete_=True),
        'param_scheduler': None}


def write_configs(folder: Path, data_root: Path, batch_size: int = 6,
                  configs: Path = ROOT / 'configs') -> None:
    """Write the configs of the networks and of the pipeline."""
    folder.mkdir(parents=True)
    for name, text in (('classifier', CLASSIFIER), ('irnet', IRNET),
                       ('segmentor', SEGMENTOR), ('pipeline', PIPELINE)):
        (folder / f'{name}.py').write_text(text.format(
            configs=configs, tiny=TINY, data_root=data_root,
            batch_size=batch_size))


def cams_of(work: Path, method: str = METHOD) -> Path:
    """Return the folder of CAMs in that of a pipeline."""
    return work / method / 'cam/cams'


def labels_of(work: Path, method: str = METHOD) -> Path:
    """Return the folder of labels in that of a pipeline."""
    return work / method / 'affinity/labels'


def masks_of(work: Path, method: str = METHOD) -> Path:
    """Return the folder of pseudo masks in that of a pipeline."""
    return work / method / 'pseudo/masks'


def predictions_of(work: Path, method: str = METHOD) -> Path:
    """Return the folder of a segmentor's masks in that of a pipeline."""
    return work / method / 'evaluation/masks'


def checkpoint_of(work: Path, step: str, method: str = METHOD) -> Path:
    """Return what a training of a pipeline has made."""
    return find_checkpoint(work / method / step)


def run_whole_way(configs: Path, data_root: Path, root: Path) -> None:
    """Call the functions of ``comnet.apis`` one after the other."""
    train_list, work = SPLIT.format('train'), root / METHOD
    options = dict(data_root=str(data_root), train_list=train_list,
                   val_list=SPLIT.format('val'), pretrained=None)
    labels, masks = labels_of(root), masks_of(root)
    classifier = apis.train(
        configs / 'classifier.py', work / 'classifier', options)
    apis.write_cams(configs / 'classifier.py', classifier, cams_of(root),
                    options=options)
    apis.write_affinity_labels(data_root, train_list, cams_of(root), labels,
                               bg_threshold=0.15, workers=2)
    options['pretrained'] = str(classifier)
    irnet = apis.train(configs / 'irnet.py', work / 'irnet',
                       dict(options, mask_dir=labels))
    apis.write_walked_masks(configs / 'irnet.py', irnet, cams_of(root), masks,
                            options=options, workers=2)
    segmentor = apis.train(
        configs / 'segmentor.py', work / 'segmentor',
        dict(options, mask_dir=masks), validate=False)
    apis.test(configs / 'segmentor.py', segmentor, work / 'evaluation',
              options=options)
    write_run(root, read_methods(configs / 'pipeline.py', work_dir=root))

# Copyright (c) COMNet contributors. All rights reserved.
"""What a GPU can be asked for: networks, inferencers and operations.

A case takes a folder to write to, which is not there yet, and returns what is
to be run, on the device that mmengine chooses. That returns tensors by name.
What is random is drawn on the CPU.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.optim import build_optim_wrapper
from mmpretrain.structures import DataSample
from torch import Tensor, nn

from comnet.apis import CAMInferencer, SegmentationInferencer
from comnet.apis.matching import MatchingExplainer
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.directions_file import DirectionsFile
from comnet.engine.model import scope_of
from comnet.evaluation import VOCIoUMetric
from comnet.hooks import CAMHook

from .gpu_operations import OPERATIONS, SIZE, Run, randint
from .networks import batch, build
from .tiny import ROOT, TINY

HALF = 'CAMs in half precision'

Case = Callable[[Path], Run]


def network(name: str, folder: Path,
            changes: dict[str, Any]) -> tuple[Config, nn.Module]:
    """Build a config's network on the device."""
    cfg = Config.fromfile(ROOT / 'configs' / name)
    cfg.merge_from_dict(changes)
    if 'cache_dir' in cfg.model.backbone:
        cfg.model.backbone.cache_dir = str(folder / 'features')
        cfg.model.backbone.backbone.init_cfg = None
    with scope_of(cfg):
        return cfg, build(cfg, SIZE).to(get_device())


def training_step(name: str, folder: Path, **changes: Any) -> Run:
    """Return what takes a training step and returns the losses."""
    cfg, model = network(name, folder, changes)
    group_size = cfg.train_dataloader.dataset.get('group_size', 2)
    data = batch(cfg.model, group_size, SIZE)
    with scope_of(cfg):
        optim = build_optim_wrapper(model.train(), cfg.optim_wrapper)
    return lambda: model.train_step(data, optim)


def prediction(name: str, field: str, folder: Path) -> Run:
    """Return what predicts two images."""
    cfg, model = network(name, folder, {})
    data = batch(cfg.model, 1, SIZE)
    for sample in data['data_samples']:
        sample.set_metainfo(dict(ori_shape=SIZE, img_shape=SIZE))

    @torch.no_grad()
    def predict() -> dict[str, Tensor]:
        found = model.eval().test_step(data)
        values = [sample.get(field) for sample in found]
        return {str(place): getattr(value, 'data', value)
                for place, value in enumerate(values)}

    return predict


def cams(name: str, folder: Path, matching: str = 'self',
         classwide: bool = False, fp16: bool = False) -> Run:
    """Return what writes the CAMs of one picture, by the hook."""
    cfg, model = network(name, folder, {})
    necks = None
    if classwide:
        head, generator = model.head, np.random.default_rng(0)
        DirectionsFile(
            generator.normal(size=head.classifier.weight.shape[:2]),
            np.zeros(head.num_classes),
            [f'class {each}' for each in range(head.num_classes)],
        ).save(folder)
        necks = [dict(type='ClassMatching', directions=folder),
                 dict(type='IntraMatching', in_channels=None, reduce='mean',
                      keep_scale=False)]
    hook = CAMHook(matching=matching, necks=necks)
    runner = SimpleNamespace(model=model.eval(), work_dir=folder,
                             test_loop=SimpleNamespace(fp16=fp16))
    image, other = batch(cfg.model, 1, SIZE)['inputs']
    sample = DataSample(metainfo=dict(img_id='one')).set_gt_label([0, 3])
    data = dict(inputs=[image], data_samples=[sample])
    if matching == 'partners':
        data['partners'] = [dict(inputs=[other])]
    hook.before_test(runner)

    def compute() -> dict[str, Tensor]:
        hook.before_test_iter(runner, 0, data)
        file = CAMFile.load(folder / 'cams/one.npz')
        # half precision tells points apart that single precision does not
        names = ['scores'] if fp16 else ['cam', 'scores']
        return {each: torch.from_numpy(getattr(file, each)) for each in names}

    return compute


def picture(index: int = 0) -> np.ndarray:
    """Return a random picture (H, W, 3)."""
    return np.random.default_rng(index).integers(
        256, size=(*SIZE, 3), dtype=np.uint8)


def trained(name: str, folder: Path) -> tuple[Path, Path]:
    """Return a tiny network's config and a checkpoint of random weights."""
    cfg = Config.fromfile(TINY / name)
    with scope_of(cfg):
        state = build(cfg).state_dict()
    classes = [f'class {index}' for index in range(5)]
    if cfg.default_scope == 'mmseg':
        classes.insert(0, 'background')
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(dict(state_dict=state, meta=dict(
        dataset_meta=dict(classes=classes))), folder / 'checkpoint.pth')
    return TINY / name, folder / 'checkpoint.pth'


def cam_inferencer(folder: Path) -> Run:
    """Return what computes the CAMs of a picture."""
    inferencer = CAMInferencer(*trained('comnet_tiny.py', folder))
    return lambda: dict(maps=torch.from_numpy(
        inferencer(picture(), [['class 0', 'class 3']])[0].maps))


def segmentation_inferencer(folder: Path, tta: bool = False) -> Run:
    """Return what segments a picture that is shrunk for the network."""
    inferencer = SegmentationInferencer(
        *trained('deeplabv2_tiny.py', folder), tta=tta, max_side=64)
    return lambda: dict(mask=torch.from_numpy(inferencer(picture())[0]))


def explainer(folder: Path) -> Run:
    """Return what looks at two pictures that are matched with each other."""
    explain = MatchingExplainer(*trained('comnet_tiny.py', folder))

    def look() -> dict[str, Tensor]:
        _, found = explain([picture(0), picture(1)], 'class 1')
        return {str(place): torch.from_numpy(each.after)
                for place, each in enumerate(found)}

    return look


def segmentation_metric(folder: Path) -> Run:
    """Return what measures and writes a predicted mask."""
    metric = VOCIoUMetric(output_dir=str(folder))
    metric.dataset_meta = dict(classes=('background', 'cat', 'dog'))
    mask, truth = (dict(data=randint(3, (1, *SIZE))) for _ in range(2))
    sample = dict(pred_sem_seg=mask, gt_sem_seg=truth, img_path='one.jpg')

    def process() -> dict[str, Tensor]:
        metric.process({}, [sample])
        return dict(zip(('inter', 'union', 'pred', 'true'),
                        metric.results[0], strict=True))

    return process


CASES: dict[str, Case] = {
    **{f'training of {Path(name).stem}': partial(training_step, name)
       for name in (
           'cam_r50_voc.py', 'comnet_r50_voc.py', 'lite0/comnet_lite0.py',
           'voc12_small/comnet_r50_frozen_voc12.py',
           'msrc14/comnet_squeezenet_msrc14.py', 'irnet_r50_voc.py',
           'deeplabv2_r50_voc.py', 'lite0/pixel_lite0.py')},
    'training of displacements': partial(
        training_step, 'irnet_r50_voc.py', **{'model.displacement': True}),
    **{f'prediction of {Path(name).stem}': partial(prediction, name, field)
       for name, field in (
           ('comnet_r50_voc.py', 'cam'), ('irnet_r50_voc.py', 'boundary'),
           ('deeplabv2_r50_voc.py', 'seg_logits'),
           ('pixel_r50_voc.py', 'seg_logits'))},
    **{f'CAMs, matched with {matching}': partial(
        cams, 'comnet_r50_voc.py', matching=matching)
       for matching in ('nothing', 'self', 'partners')},
    'CAMs of a frozen backbone': partial(cams, 'lite0/comnet_lite0.py'),
    'CAMs, matched with a class': partial(
        cams, 'cam_r50_voc.py', classwide=True),
    HALF: partial(cams, 'comnet_r50_voc.py', fp16=True),
    'CAMInferencer': cam_inferencer,
    'SegmentationInferencer': segmentation_inferencer,
    'SegmentationInferencer, augmented': partial(
        segmentation_inferencer, tta=True),
    'MatchingExplainer': explainer,
    'VOCIoUMetric': segmentation_metric,
    **OPERATIONS,
}

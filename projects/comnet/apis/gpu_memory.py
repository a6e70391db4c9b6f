# Copyright (c) COMNet contributors. All rights reserved.
"""The memory that a config takes on a GPU, estimated on any machine.

What tensors take, as PyTorch's allocator counts it. The context of CUDA (1 to
2 GiB), the workspaces of cuDNN and gaps between blocks come on top.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.optim import build_optim_wrapper
from mmengine.registry import HOOKS, MODELS
from mmengine.structures import PixelData
from mmpretrain.structures import DataSample
from mmseg.structures import SegDataSample
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from ..engine.config import cam_hook, load_config
from ..engine.config_file import override, read_config
from ..engine.live_memory import faked
from ..engine.model import scope_of
from ..models.cam_extractor import CAMExtractor
from ..utils import InputError
from ..utils.constants import MIN_CAM_SIDE

HALF = 'AmpOptimWrapper', 'BF16OptimWrapper'


@dataclass(frozen=True)
class TrainingMemory:
    """What a training step takes on one GPU, in bytes, at its peak.

    Attributes:
        images: Number of images of a step.
        size: Height and width of an image.
        weights: Parameters and buffers.
        state: What the optimiser keeps between steps.
        gradients: Those of parameters that are there at the peak and, of
            several GPUs, the copies that are sent.
        activations: All else: images, what the gradients are computed from,
            intermediate results.
    """
    images: int
    size: tuple[int, int]
    weights: int
    state: int
    gradients: int
    activations: int

    @property
    def peak(self) -> int:
        """All together."""
        return self.weights + self.state + self.gradients + self.activations


def training_memory(config: str | Path,
                    options: Mapping[str, Any] | None = None, *,
                    amp: bool = False, gpus: int = 1) -> TrainingMemory:
    """Estimate the memory of a training step, once the optimiser has a state.

    Args:
        config: Its config file. Where its data are not there, the classes are
            as many as it says itself.
        options: Settings that override those of the config.
        amp: Whether with mixed precision.
        gpus: Number of processes that share the config's batch.

    Raises:
        InputError: The config is of no training, has images of no size, or
            its batch cannot be shared.
    """
    cfg = _load(config, options)
    for name in ('train_dataloader', 'optim_wrapper'):
        if not cfg.get(name):
            raise InputError(f'{config}: no {name}; give the config of a '
                             'network that is trained')
    batch, size = _batch_size(cfg, gpus), _image_size(cfg)
    amp = amp or cfg.optim_wrapper.get('type') in HALF
    with scope_of(cfg), _silent(), faked(_build(cfg)) as (model, memory):
        model.train()
        weights = memory.now
        optim = build_optim_wrapper(model, _plain(cfg.optim_wrapper))
        data = _random_batch(cfg, batch, size)
        for _ in range(2):  # at the second the optimiser has a state
            state = _bytes_of(list(optim.optimizer.state.values()))
            memory.reset_peak()
            with _half_precision(amp):  # as BaseModel.train_step
                seen = model.data_preprocessor(data, True)
                losses = model(**seen, mode='loss')
            optim.update_params(model.parse_losses(losses)[0])
            del seen, losses
        sent = _bytes_of([each for each in model.parameters()
                          if each.requires_grad]) if gpus > 1 else 0
    return TrainingMemory(
        batch, size, weights, state, memory.gradients + sent,
        memory.peak - weights - state - memory.gradients)


def cam_memory(config: str | Path, size: tuple[int, int],
               options: Mapping[str, Any] | None = None) -> int:
    """Estimate the memory of the CAMs of a picture, at its peak, in bytes.

    Args:
        config: Config file of a classifier; the scales are its CAMHook's.
        size: Height and width of the picture, as the test pipeline leaves it.
        options: Settings that override those of the config.

    Raises:
        InputError: The config is of no classifier, or the picture too small.
    """
    if min(size) < MIN_CAM_SIDE:
        raise InputError(f'a picture of {size[1]} x {size[0]}; give one of '
                         f'{MIN_CAM_SIDE} pixels or more a side')
    cfg = _load(config, options)
    hook_cfg = cam_hook(cfg)
    half = (cfg.get('test_cfg') or {}).get('fp16', False)
    with scope_of(cfg):
        hook = HOOKS.build(hook_cfg)
        built = nn.ModuleList([_build(cfg), *(hook.necks or ())]).eval()
    with faked(built) as ((model, *necks), memory), _half_precision(half):
        extractor = CAMExtractor(
            model, hook.scales, hook.flip, hook.matching,
            None if hook.necks is None else necks)
        others = (cfg.test_dataloader.dataset.get('group_size', 2) - 1
                  if hook.matching == 'partners' else 0)
        image, *partners = (
            extractor.normalized(torch.empty(3, *size, dtype=torch.uint8))
            for _ in range(1 + others))
        extractor.maps(image, [0], partners)
    return memory.peak


def _load(config: str | Path, options: Mapping[str, Any] | None) -> Config:
    """Load a config whose data may not be there."""
    cfg = read_config(config)
    override(cfg, options)
    classes = None
    if 'model' in cfg and not Path(cfg.get('data_root') or '.').is_dir():
        classes = [''] * _num_classes(cfg)
    cfg = load_config(config, options, classes)
    if 'cache_dir' in cfg.model.get('backbone', {}):
        cfg.model.backbone.cache_dir = None  # fake images have no features
    return cfg


def _num_classes(cfg: Config) -> int:
    """Return the number of classes, without background, that a config says."""
    if 'head' in cfg.model:
        return int(cfg.model.head.num_classes)
    heads = cfg.model.get('decode_head') or dict(num_classes=2)  # an IRNet
    head = heads if isinstance(heads, dict) else heads[0]
    return int(head['num_classes']) - 1


def _batch_size(cfg: Config, gpus: int) -> int:
    """Return the number of images of a step on one of several GPUs."""
    batch = cfg.train_dataloader.batch_size
    if gpus < 1 or batch % gpus:
        raise InputError(
            f'{cfg.filename}: train_dataloader.batch_size {batch} cannot be '
            f'shared evenly by {gpus} GPUs; give gpus that divide it')
    groups: int = cfg.train_dataloader.dataset.get('group_size', 1)
    return batch // gpus * groups


def _image_size(cfg: Config) -> tuple[int, int]:
    """Return height and width of a training's images, at most."""
    size = (cfg.model.get('data_preprocessor') or {}).get('size')
    for step in cfg.train_dataloader.dataset.get('pipeline', ())[::-1]:
        if size is None and 'crop_size' in step:
            size = step['crop_size']
        elif size is None and step['type'] == 'Resize':
            size = step['scale'][::-1]
    if size is None:
        raise InputError(f'{cfg.filename}: no crop_size in the pipeline of '
                         'train_dataloader; add RandomCrop to it')
    height, width = (size, size) if isinstance(size, int) else size
    return height, width


def _random_batch(cfg: Config, number: int, size: tuple[int, int]) -> dict:
    """Return images with labels, as a data loader does."""
    images = [torch.empty(3, *size, dtype=torch.uint8) for _ in range(number)]
    groups = cfg.train_dataloader.dataset.get('group_size')
    meta = dict(img_shape=size, group_size=groups)
    if 'head' in cfg.model:
        samples = [DataSample(metainfo=meta).set_gt_label([0])
                   for _ in images]
    else:
        samples = [SegDataSample(gt_sem_seg=PixelData(
            data=torch.empty(1, *size, dtype=torch.int64))) for _ in images]
    return dict(inputs=images, data_samples=samples)


def _plain(optim_wrapper: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config of a wrapper without mixed precision of its own."""
    kept = {key: value for key, value in optim_wrapper.items()
            if key not in ('loss_scale', 'dtype', 'use_fp64')}
    return {**kept, 'type': 'OptimWrapper'}


def _bytes_of(tree: Any) -> int:
    """Return the size of all tensors in lists and dicts."""
    return sum(each.nbytes for each in pytree.tree_leaves(tree)
               if isinstance(each, Tensor))


def _build(cfg: Config) -> BaseModel:
    """Build a config's model, with random weights, in the scope that is set.

    On the CPU, and with values: some models read those that they make.
    """
    return MODELS.build(cfg.model)


def _half_precision(enabled: bool) -> torch.autocast:
    """Compute with bfloat16 on the CPU, as a GPU does with float16."""
    return torch.autocast('cpu', torch.bfloat16, enabled)


@contextmanager
def _silent() -> Iterator[None]:
    """Log nothing of parameters and their learning rates."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)

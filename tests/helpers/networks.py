# Copyright (c) COMNet contributors. All rights reserved.
"""Networks of the configs with random weights, and batches for them."""

import torch
from mmengine.config import Config, ConfigDict
from mmengine.structures import PixelData
from mmpretrain.registry import MODELS as MMPRETRAIN_MODELS
from mmpretrain.structures import DataSample
from mmseg.registry import MODELS as MMSEG_MODELS
from mmseg.structures import SegDataSample
from torch import nn

SIZE = (64, 64)


def build(cfg: Config, size: tuple[int, int] = SIZE) -> nn.Module:
    """Build a config's model with random weights, for small images."""
    cfg.model.backbone.init_cfg = None
    if cfg.default_scope == 'mmseg':
        cfg.model.data_preprocessor.size = size
        return MMSEG_MODELS.build(cfg.model)
    return MMPRETRAIN_MODELS.build(cfg.model)


def batch(model_cfg: ConfigDict, group_size: int,
          size: tuple[int, int] = SIZE) -> dict:
    """Return two groups of random images with labels of the model's kind."""
    generator = torch.Generator().manual_seed(0)
    images = [torch.randint(256, (3, *size), generator=generator,
                            dtype=torch.uint8) for _ in range(2 * group_size)]
    if 'head' in model_cfg:
        samples = [
            DataSample(metainfo=dict(group_size=group_size, img_shape=size))
            .set_gt_label([index, index + 1])
            for index in (0, 2) for _ in range(group_size)]
    else:
        labels = torch.zeros(1, *size, dtype=torch.int64)
        labels[:, 16:48, 16:32], labels[:, 16:48, 32:48] = 1, 2
        labels[:, 30:34] = 255
        samples = [SegDataSample(gt_sem_seg=PixelData(data=labels.clone()))
                   for _ in images]
    return dict(inputs=images, data_samples=samples)

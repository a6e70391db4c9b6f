# Copyright (c) COMNet contributors. All rights reserved.
"""Trained models, without a Runner."""

from pathlib import Path

import torch
from helpers.tool_runner import ROOT
from mmpretrain.registry import MODELS

from comnet.engine.config import load_config
from comnet.engine.model import load_trained, scope_of

FROZEN = ROOT / 'configs/lite0/comnet_lite0.py'


def test_features_of_single_pictures_are_not_kept(
        demo_root: Path, tmp_path: Path) -> None:
    options = dict(data_root=str(demo_root))
    cfg = load_config(FROZEN, options)
    assert cfg.model.backbone.cache_dir is not None
    with scope_of(cfg):
        model = MODELS.build(cfg.model)
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'a.pth')
    _, loaded, classes = load_trained(FROZEN, tmp_path / 'a.pth', options)
    assert loaded.backbone.cache_dir is None
    assert len(classes) == loaded.head.num_classes == 5

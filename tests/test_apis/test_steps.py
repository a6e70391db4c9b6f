# Copyright (c) COMNet contributors. All rights reserved.
"""Functions hand what they are given on to their steps."""

from pathlib import Path

import pytest

from comnet import apis
from comnet.steps import Training


def test_settings_of_a_training_reach_its_config(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside options, which reach it in the config."""
    seen: list[Training] = []
    monkeypatch.setattr(Training, 'run', lambda step, **_: seen.append(step))
    (tmp_path / 'epoch_1.pth').touch()
    (tmp_path / 'last_checkpoint').write_text('epoch_1.pth')
    apis.train(tiny_configs / 'segmentor.py', tmp_path, dict(
        data_root=str(demo_root), pretrained=None), mask_dir=str(tmp_path))
    step, = seen
    assert step.cfg.train_dataloader.dataset.seg_map_dir == str(tmp_path)
    assert step.cfg.train_dataloader.dataset.data_root == str(demo_root)

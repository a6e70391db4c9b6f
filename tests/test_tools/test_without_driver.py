# Copyright (c) COMNet contributors. All rights reserved.
"""Tools that run a network, as far as they get where a GPU is only said to be.

PyTorch then looks for a driver as soon as a tensor is to be moved: nothing
before that may stumble over a GPU, such as an option that a CPU never sees.
"""

from pathlib import Path

import mmengine.device.utils
import pytest
import torch
from helpers.tiny import cams_of, checkpoint_of, labels_of, masks_of
from helpers.tool_runner import run_tool

pytestmark = pytest.mark.skipif(
    torch.version.cuda is None or torch.cuda.is_available(),
    reason='PyTorch looks for no driver, or finds one')


@pytest.fixture(autouse=True)
def _gpu(whole_way: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that there is a GPU, once the pipeline is done without."""
    monkeypatch.delenv('CUDA_VISIBLE_DEVICES', raising=False)
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 1)
    monkeypatch.setattr(mmengine.device.utils, 'DEVICE', 'cuda')


@pytest.fixture
def words(whole_way: Path, tiny_configs: Path, demo_root: Path,
          tmp_path: Path) -> dict[str, object]:
    """Return what stands for the names in a command."""
    networks = 'classifier', 'irnet', 'segmentor'
    return dict(
        {name.upper(): tiny_configs / f'{name}.py' for name in networks},
        **{f'{name.upper()}.pth': checkpoint_of(whole_way, name)
           for name in networks},
        CAMS=cams_of(whole_way), LABELS=labels_of(whole_way),
        MASKS=masks_of(whole_way), DATA=demo_root, OUT=tmp_path / 'out',
        PICTURE=demo_root / 'JPEGImages/val_00000.jpg')


@pytest.mark.parametrize('command', [
    'train.py CLASSIFIER --work-dir OUT',
    'train.py CLASSIFIER --work-dir OUT --amp',
    'train.py IRNET --work-dir OUT mask_dir=LABELS pretrained=CLASSIFIER.pth',
    'train.py SEGMENTOR --work-dir OUT mask_dir=MASKS',
    'test.py CLASSIFIER CLASSIFIER.pth --work-dir OUT',
    'test.py SEGMENTOR SEGMENTOR.pth --work-dir OUT --tta',
    'cams.py CLASSIFIER CLASSIFIER.pth OUT',
    'directions.py CLASSIFIER CLASSIFIER.pth OUT',
    'pixel_classifier.py CLASSIFIER CLASSIFIER.pth CAMS OUT',
    'pseudo_masks.py IRNET IRNET.pth CAMS OUT',
    'segment.py PICTURE --config SEGMENTOR --checkpoint SEGMENTOR.pth '
    '--out-dir OUT',
    'explain.py PICTURE --config CLASSIFIER --checkpoint CLASSIFIER.pth '
    '--out OUT',
    'export_onnx.py SEGMENTOR SEGMENTOR.pth OUT',
])
def test_tool_gets_as_far_as_the_driver(
        command: str, words: dict[str, object]) -> None:
    tool, *arguments = command.split()
    options = [each.split('=') for each in arguments if '=' in each]
    with pytest.raises(RuntimeError, match='no NVIDIA driver'):
        run_tool(
            tool, *(words.get(each, each) for each in arguments
                    if '=' not in each),
            '--cfg-options', f'data_root={words["DATA"]}',
            *(f'{key}={words[name]}' for key, name in options))

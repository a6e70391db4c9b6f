# Copyright (c) COMNet contributors. All rights reserved.
"""The test of a segmentor, with its options."""

from pathlib import Path

import numpy as np
import pytest
from tiny import METHOD
from tool_runner import error_of, run_tool

from comnet.datasets.voc_folder import load_mask
from comnet.pipeline import Workspace
from comnet.utils.record import Record

# neighbours that dislike each other: no mask stays as it was
CRF = ['test_evaluator.crf.gaussian_compat=-50',
       'test_evaluator.crf.num_steps=1']


@pytest.fixture(scope='module')
def trained(whole_way: Path, tiny_configs: Path) -> list[Path]:
    """Return a segmentor's config and checkpoint."""
    return [tiny_configs / 'segmentor.py',
            Workspace(whole_way).checkpoint(METHOD, 'segmentor')]


def test_crf_by_an_option(trained: list[Path], whole_way: Path,
                          demo_root: Path, tmp_path: Path) -> None:
    run = run_tool('test.py', *trained, '--work-dir', tmp_path, '--tta',
                   '--cfg-options', *CRF, f'data_root={demo_root}')
    assert run.code == 0, run.err
    record = Record.read(tmp_path)
    assert record is not None and record.settings['crf']['num_steps'] == 1
    assert record.settings['tta_model'] == dict(type='AveragedTTAModel')
    assert record.results['num_images'] == 4
    plain = Workspace(whole_way).predicted_masks(METHOD)
    names = sorted(path.name for path in plain.glob('*.png'))
    assert names == sorted(path.name for path in (
        tmp_path / 'masks').iterdir())
    assert not any(
        np.array_equal(load_mask(plain / name),
                       load_mask(tmp_path / 'masks' / name)) for name in names)


def test_crf_takes_averaged_probabilities(
        trained: list[Path], demo_root: Path, tmp_path: Path) -> None:
    assert 'set tta_model.type=AveragedTTAModel' in error_of(
        'test.py', *trained, '--work-dir', tmp_path, '--tta',
        '--cfg-options', *CRF, f'data_root={demo_root}',
        'tta_model.type=SegTTAModel')

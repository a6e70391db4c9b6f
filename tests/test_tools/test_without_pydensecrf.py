# Copyright (c) COMNet contributors. All rights reserved.
"""All but the dense CRF works where pydensecrf, which is compiled, is not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.tiny import METHOD
from helpers.tool_runner import ROOT, error_of, run_tool

from comnet.datasets.voc_folder import load_mask
from comnet.evaluation import VOCIoUMetric
from comnet.pipeline import run_pipeline
from comnet.utils import InputError
from comnet.utils.record import Record

MODULES = ('pydensecrf', 'pydensecrf.densecrf', 'pydensecrf.utils')
ADVICE = 'pip install pydensecrf2, which needs a C++ compiler, or take pixel'
IMPORTS = f'''
import sys
sys.modules.update(dict.fromkeys({MODULES}))
import comnet.apis, comnet.converters.prepare, comnet.hooks, comnet.models
import comnet.pipeline, comnet.results, comnet.steps, comnet.visualization
'''


@pytest.fixture(autouse=True)
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every import of pydensecrf fail, in this process."""
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, None)


def test_package_is_imported() -> None:
    run = subprocess.run([sys.executable, '-c', IMPORTS], capture_output=True,
                         text=True, timeout=300)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize('refine', ['PAR', 'none'])
def test_affinity_labels(demo_root: Path, irnet_work: Path, tmp_path: Path,
                         refine: str) -> None:
    arguments = demo_root, irnet_work / 'cam', tmp_path / 'labels'
    assert ADVICE in error_of('affinity_labels.py', *arguments)
    assert not (tmp_path / 'labels').exists()
    run = run_tool('affinity_labels.py', *arguments, '--refine', refine,
                   '--workers', 1)
    assert run.code == 0, run.err
    assert len(list((tmp_path / 'labels').glob('*.png'))) == 12
    line = error_of('affinity_labels.py', *arguments, '--refine',
                    'none' if refine == 'PAR' else 'PAR')
    now = dict(PAR='refine PAR -> None', none='refine None -> PAR')
    assert f'({now[refine]})' in line


def test_pseudo_masks(demo_root: Path, irnet_work: Path,
                      tmp_path: Path) -> None:
    config = ROOT / 'tests/configs/irnet_tiny.py'
    masks = {}
    for refine in ('DenseCRF', 'PAR', 'None'):
        out_dir = tmp_path / refine
        arguments = [
            config, 'none', irnet_work / 'cam', out_dir, '--workers', 1,
            '--cfg-options', f'data_root={demo_root}',
            f'pseudo.refine={refine}']
        if refine == 'DenseCRF':
            assert ADVICE in error_of('pseudo_masks.py', *arguments)
            assert not out_dir.exists()
            continue
        run = run_tool('pseudo_masks.py', *arguments)
        assert run.code == 0, run.err
        masks[refine] = load_mask(out_dir / 'train_00003.png')
    assert (masks['PAR'] != masks['None']).any()
    record = Record.read(tmp_path / 'PAR')
    assert record is not None and record.settings['refine'] == 'PAR'


def test_segmentors_are_tested() -> None:
    for refine in ('PAR', None):
        VOCIoUMetric(refine=refine)
    with pytest.raises(InputError, match=re.escape(ADVICE)):
        VOCIoUMetric(refine='DeepLabCRF')


def test_pipeline_says_so_before_anything_runs(
        tiny_configs: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='the dense CRF takes the package'):
        run_pipeline(tiny_configs / 'pipeline.py', tmp_path)
    assert not (tmp_path / METHOD).exists()

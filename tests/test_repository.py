# Copyright (c) COMNet contributors. All rights reserved.
"""What stands beside the code agrees with it."""

import re
from pathlib import Path

import pytest
import yaml

import comnet
from comnet.datasets import image_labels
from comnet.pipeline import method, stage
from comnet.visualization import table

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / 'CONTRIBUTING.md').read_text('utf-8')


def test_the_version_to_cite_is_that_of_the_package() -> None:
    citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text('utf-8'))
    assert citation['version'] == comnet.__version__
    assert citation['license'] == 'Apache-2.0'


@pytest.mark.parametrize('path', sorted(
    {*re.findall(r'`([\w./]+/[\w.]+)`', GUIDE),
     *re.findall(r'\]\(([\w./]+)\)', GUIDE)}))
def test_the_guide_names_files_that_are_there(path: str) -> None:
    if re.search(r'\bNAME\b', path.replace('_', ' ')):
        path = str(Path(path).parent)  # of a file to be written
    assert any((root / path).exists() for root in (
        ROOT, ROOT / 'projects', ROOT / 'projects/comnet'))


def test_the_guide_names_what_is_in_these_files() -> None:
    for module, name in ((method, 'STAGES'), (method, 'SETTINGS'),
                         (method, 'stages_of'), (method, '_check'),
                         (stage, 'Stage'), (table, 'MEASURES'),
                         (image_labels, 'READERS'),
                         (image_labels, 'FOLDER_READERS')):
        assert f'`{name}`' in GUIDE
        assert hasattr(module, name)


def test_github_checks_what_ci_checks() -> None:
    flow = yaml.safe_load(
        (ROOT / '.github/workflows/ci.yml').read_text('utf-8'))
    job = flow['jobs']['ci']
    assert job['steps'][-1]['run'] == 'bash .ci/run'
    assert '>=3.10' in (ROOT / 'setup.py').read_text('utf-8')
    assert job['strategy']['matrix']['python'][0] == '3.10'

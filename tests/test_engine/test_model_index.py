# Copyright (c) COMNet contributors. All rights reserved.
"""The models that come with the package: small, whole, and of any use."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.tool_runner import error_of, run_tool

from comnet.apis import CAMInferencer, SegmentationInferencer
from comnet.engine.model_index import INDEX, find_model, model_names
from comnet.utils import InputError
from comnet.utils.package_files import find_config

PHOTOS = Path(__file__).parents[2] / 'demo/photos'
SHOWN = dict(chelsea='cat', astronaut='person')


def test_index_is_small_and_each_model_has_its_card() -> None:
    assert 'lite0-voc' in model_names()
    files = [path for path in INDEX.rglob('*') if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 2 * 2**20
    for name in model_names():
        assert (INDEX / name / 'README.md').read_text('utf-8')
        parts = json.loads((INDEX / name / 'model.json').read_text('utf-8'))
        named = {part['checkpoint'] for part in parts.values()}.union(
            *(part.get('files', {}).values() for part in parts.values()))
        assert {path.name for path in (INDEX / name).iterdir()} == {
            'README.md', 'model.json', *named}


@pytest.mark.parametrize('name', model_names())
@pytest.mark.parametrize('network', ['segmentor', 'classifier'])
def test_config_and_checkpoint_are_there(name: str, network: str) -> None:
    model = find_model(name, network)
    assert find_config(model.config).is_file()
    assert Path(model.checkpoint).is_file()


@pytest.mark.parametrize('refine', [None, 'PAR'])
def test_photographs_are_segmented_by_a_name(refine: str | None) -> None:
    inferencer = SegmentationInferencer('lite0-voc', refine=refine)
    assert len(inferencer.classes) == 20
    for name, label in SHOWN.items():
        mask, = inferencer(PHOTOS / f'{name}.jpg')
        share = np.mean(mask == inferencer.classes.index(label) + 1)
        assert share > 0.4  # of a portrait that fills the picture


def test_classifier_finds_the_classes_and_maps_them() -> None:
    inferencer = CAMInferencer('lite0-voc')
    assert inferencer.extractor.necks[0].directions  # class-wide matching
    for name, label in SHOWN.items():
        cams, = inferencer(PHOTOS / f'{name}.jpg')
        assert label in cams.classes
        assert cams.maps.max() > 0.9


@pytest.mark.parametrize('name, message', [
    ('lite0-vok', 'no model that comes with COMNet, which are lite0-voc; '),
    ('config.py', r'name one, or give a checkpoint \(.pth\)'),
    ('../engine', 'no model that comes')])
def test_other_names_are_refused(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        SegmentationInferencer(name)


def test_checkpoint_needs_its_config() -> None:
    with pytest.raises(InputError, match='has no irnet; name another'):
        find_model('lite0-voc', 'irnet')


def test_command_takes_a_name_or_a_config(tmp_path: Path) -> None:
    run = run_tool('segment.py', PHOTOS / 'chelsea.jpg', '--model',
                   'lite0-voc', '--out-dir', tmp_path)
    assert run.code == 0, run.err
    assert (tmp_path / 'chelsea.png').is_file()
    assert 'give one of config with checkpoint, --run and' in error_of(
        'segment.py', PHOTOS, '--out-dir', tmp_path, '--model', 'lite0-voc',
        '--config', 'lite0/pixel_lite0.py')

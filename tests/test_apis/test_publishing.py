# Copyright (c) COMNet contributors. All rights reserved.
"""A trained model as a file to give away."""

import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.hostile import ATTACKS
from helpers.tiny import checkpoint_of
from helpers.tool_runner import error_of, run_tool

from comnet.apis import SegmentationInferencer, publish_model
from comnet.engine.checkpoint import read_checkpoint
from comnet.utils import InputError


@pytest.fixture(scope='module')
def checkpoint(whole_way: Path) -> Path:
    return checkpoint_of(whole_way, 'segmentor')


def test_file_holds_weights_and_classes(checkpoint: Path,
                                        tmp_path: Path) -> None:
    path = publish_model(checkpoint, tmp_path / 'out/model.pth')
    digest = sha256(path.read_bytes()).hexdigest()
    assert path == tmp_path / f'out/model-{digest[:8]}.pth'
    before = read_checkpoint(checkpoint)
    content = torch.load(path, weights_only=True)  # nothing but plain values
    assert set(content) == {'meta', 'state_dict'}
    assert set(content['meta']) == {
        'dataset_meta', 'epoch', 'iter', 'network_config'}
    assert content['meta']['dataset_meta']['classes'][0] == 'background'
    assert content['state_dict'].keys() == before['state_dict'].keys()
    for name, value in before['state_dict'].items():
        assert torch.equal(content['state_dict'][name], value)
    assert str(checkpoint.parents[3]).encode() not in path.read_bytes()
    assert path.stat().st_size < 0.7 * checkpoint.stat().st_size


def test_name_depends_on_the_content(checkpoint: Path, whole_way: Path,
                                     tmp_path: Path) -> None:
    shutil.copy(checkpoint, tmp_path / 'copy.pth')
    first = publish_model(checkpoint, tmp_path / 'model.pth')
    assert publish_model(tmp_path / 'copy.pth', tmp_path / 'model') == first
    assert publish_model(first, tmp_path / 'model.pth') == first  # once more
    other = checkpoint_of(whole_way, 'irnet')
    assert publish_model(other, tmp_path / 'model.pth') != first


def test_it_predicts_without_the_data(checkpoint: Path, tiny_configs: Path,
                                      demo_root: Path, tmp_path: Path) -> None:
    run = run_tool('publish.py', checkpoint, tmp_path / 'model.pth')
    assert run.code == 0, run.err
    picture = demo_root / 'JPEGImages/val_00000.jpg'
    published, before = (
        SegmentationInferencer(
            tiny_configs / 'segmentor.py', path, dict(data_root='gone'))
        for path in (run.out.strip(), checkpoint))
    assert published.classes == before.classes
    assert np.array_equal(published(picture), before(picture))


@pytest.mark.parametrize('attack', ATTACKS)
def test_nothing_of_a_checkpoint_is_run(tmp_path: Path, attack) -> None:
    path = attack(tmp_path / 'a.pth', tmp_path / 'trace')
    with pytest.raises(InputError, match='not a checkpoint'):
        publish_model(path, tmp_path / 'model.pth')
    assert not (tmp_path / 'trace').exists()
    assert not list(tmp_path.glob('model*'))


def test_missing_checkpoint(tmp_path: Path) -> None:
    assert 'none.pth: no such checkpoint' in error_of(
        'publish.py', tmp_path / 'none.pth', tmp_path / 'model.pth')


def test_weights_that_have_diverged_are_not_given_away(
        tmp_path: Path) -> None:
    path = tmp_path / 'a.pth'
    torch.save({'weight': torch.tensor([1, float('nan')])}, path)
    with pytest.raises(InputError, match='weight holds NaN or infinity'):
        publish_model(path, tmp_path / 'model.pth')
    assert not list(tmp_path.glob('model*'))

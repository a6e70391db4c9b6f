# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that are not those of the model."""

import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

from comnet.engine.checkpoint import check_pretrained, load_weights
from comnet.utils import InputError


def save(path: Path, model: nn.Module) -> Path:
    torch.save(dict(meta=dict(epoch=3), state_dict=model.state_dict()), path)
    return path


def message(model: nn.Module, path: Path) -> str:
    """Return the one line that loading ends with."""
    with pytest.raises(InputError) as caught:
        load_weights(model, path)
    text = str(caught.value)
    assert text.startswith(f'{path}: ')
    assert '\n' not in text
    return text


def test_weights_are_loaded(tmp_path: Path) -> None:
    trained, model = nn.Linear(3, 4), nn.Linear(3, 4)
    load_weights(model, save(tmp_path / 'a.pth', trained))
    assert torch.equal(model.weight, trained.weight)
    assert torch.equal(model.bias, trained.bias)


def test_missing_file(tmp_path: Path) -> None:
    assert 'no such checkpoint' in message(
        nn.Linear(3, 4), tmp_path / 'a.pth')


@pytest.mark.parametrize('other, parameter', [
    (nn.Conv2d(3, 4, 1), 'weight'),  # another shape
    (nn.Linear(3, 4, bias=False), 'bias'),  # a parameter too few
    (nn.Sequential(nn.Linear(3, 4)), '0.weight'),  # other names
    (nn.PReLU(1), 'weight'),
])
def test_checkpoint_of_another_model(
        tmp_path: Path, other: nn.Module, parameter: str) -> None:
    text = message(nn.Linear(3, 4), save(tmp_path / 'a.pth', other))
    assert 'checkpoint of another model' in text
    assert parameter in text


@pytest.mark.parametrize('data', [
    b'', b'no checkpoint', b'PK\x03\x04 no archive',
    pickle.dumps([1, 2], protocol=2)])
def test_file_that_is_no_checkpoint(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / 'a.pth'
    path.write_bytes(data)
    assert 'not a checkpoint' in message(nn.Linear(3, 4), path)


def test_checkpoint_that_was_cut_off(tmp_path: Path) -> None:
    path = save(tmp_path / 'a.pth', nn.Linear(300, 40))
    path.write_bytes(path.read_bytes()[:9000])
    assert 'not a checkpoint' in message(nn.Linear(300, 40), path)


class Malicious:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path, )


def test_no_code_of_a_checkpoint_is_run(tmp_path: Path) -> None:
    path, trace = tmp_path / 'a.pth', tmp_path / 'trace'
    torch.save(dict(state_dict=Malicious(trace)), path)
    assert 'not a checkpoint' in message(nn.Linear(3, 4), path)
    assert not trace.exists()


def test_pretrained_weights_fill_the_backbone(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4))
    path = save(tmp_path / 'a.pth', nn.Sequential(model))
    check_pretrained(model, dict(checkpoint=str(path), prefix='0.'))
    check_pretrained(model, dict(checkpoint='torchvision://resnet50'))
    check_pretrained(model, None)
    with pytest.raises(InputError, match='none.pth: no such weights'):
        check_pretrained(model, dict(checkpoint=str(tmp_path / 'none.pth')))
    with pytest.raises(InputError, match='weights of another network'):
        check_pretrained(model, dict(checkpoint=str(path)))

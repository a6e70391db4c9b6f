# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that are not those of the model, or would run code."""

import os
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.hostile import ATTACKS, by_attributes, by_reduction, with_pointer
from mmengine.logging import HistoryBuffer
from torch import nn

from comnet.engine.checkpoint import read_checkpoint
from comnet.engine.model_weights import load_weights
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


@pytest.mark.parametrize('attack', ATTACKS)
def test_no_code_of_a_checkpoint_is_run(tmp_path: Path, attack) -> None:
    trace = tmp_path / 'trace'
    path = attack(tmp_path / 'a.pth', trace)
    assert 'not a checkpoint' in message(nn.Linear(3, 4), path)
    assert not trace.exists()


def test_pointers_of_a_checkpoint_are_not_followed(tmp_path: Path) -> None:
    path = with_pointer(tmp_path / 'a.pth')
    assert 'not a checkpoint' in message(nn.Linear(3, 4), path)


def test_methods_of_a_history_cannot_be_set(tmp_path: Path) -> None:
    """The log's history is read as numbers, by a class of its own."""
    path, history = tmp_path / 'a.pth', HistoryBuffer([1, 2], [1, 1])
    torch.save(dict(state_dict={}, message_hub=dict(
        log_scalars=dict(loss=history))), path)
    read = read_checkpoint(path)['message_hub']['log_scalars']['loss']
    assert type(read) is HistoryBuffer
    assert read.mean() == 1.5
    assert read.data[0].tolist() == [1, 2]
    history.update = 'other'  # an attribute of the instance, in its state
    torch.save(dict(state_dict={}, history=history), path)
    assert callable(read_checkpoint(path)['history'].update)


def test_attacks_would_work(tmp_path: Path) -> None:
    """With getattr itself on the list, and with all of pickle."""
    trace = tmp_path / 'trace'
    path = by_attributes(tmp_path / 'a.pth', trace)
    with torch.serialization.safe_globals([HistoryBuffer, getattr]):
        torch.load(path, weights_only=True)
    assert trace.exists()
    trace.unlink()
    torch.load(by_reduction(path, trace), weights_only=False)
    assert trace.exists()


def test_list_of_what_is_known_is_not_left_behind(tmp_path: Path) -> None:
    before = set(torch.serialization.get_safe_globals())
    load_weights(nn.Linear(3, 4), save(tmp_path / 'a.pth', nn.Linear(3, 4)))
    assert set(torch.serialization.get_safe_globals()) == before
    assert 'TORCH_FORCE_WEIGHTS_ONLY_LOAD' not in os.environ


@pytest.mark.parametrize('name', ['pop', 'keys', 'get'])
def test_text_of_the_config_cannot_be_hidden(tmp_path: Path,
                                             name: str) -> None:
    """By attributes that a file gives its dicts."""
    meta, path = OrderedDict(config='import os', epoch=3), tmp_path / 'a.pth'
    setattr(meta, name, np.ndarray)
    content = OrderedDict(meta=meta, state_dict=OrderedDict())
    setattr(content, name, np.ndarray)
    torch.save(content, path)
    assert read_checkpoint(path)['meta'] == dict(epoch=3)


def test_text_of_the_config_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / 'a.pth'
    torch.save(dict(meta=dict(config='import os', cfg='import os', epoch=3),
                    state_dict={}), path)
    assert read_checkpoint(path)['meta'] == dict(epoch=3)


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
@pytest.mark.parametrize('place', ['weights', 'momentum'])
def test_training_that_has_diverged(tmp_path: Path, value: float,
                                    place: str) -> None:
    path, model = tmp_path / 'a.pth', nn.Linear(3, 4)
    content = dict(state_dict=model.state_dict(), optimizer=dict(state={
        0: dict(momentum_buffer=torch.zeros(3))}))
    if place == 'weights':
        content['state_dict']['bias'][1] = value
    else:
        content['optimizer']['state'][0]['momentum_buffer'][2] = value
    torch.save(content, path)
    name = dict(weights='state_dict.bias',
                momentum='optimizer.state.0.momentum_buffer')[place]
    assert f'{name} holds NaN or infinity' in message(model, path)

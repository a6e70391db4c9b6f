# Copyright (c) COMNet contributors. All rights reserved.
"""Pretrained weights fill a backbone, or are refused."""

import time
from pathlib import Path

import pytest
import torch
from helpers.gloo import in_processes
from helpers.hostile import ATTACKS
from mmengine.model import BaseModel, BaseModule
from torch import nn

from comnet.engine.pretrained import (
    load_pretrained,
    pretrained_file,
    take_pretrained,
)
from comnet.utils import InputError


class Backbone(BaseModule):
    def __init__(self, init_cfg: dict | list | None = None) -> None:
        super().__init__(init_cfg)
        self.conv = nn.Conv2d(3, 4, 1)
        self.norm = nn.BatchNorm2d(4)


class Model(BaseModel):
    def __init__(self, init_cfg: dict | list | None) -> None:
        super().__init__(init_cfg=dict(
            type='Normal', layer='Linear', std=0.01))
        self.backbone = Backbone(init_cfg)
        self.head = nn.Linear(4, 2)

    def forward(self, inputs, data_samples=None, mode='tensor'):
        return inputs


def save(path: Path, prefix: str = '', drop: str = '') -> dict:
    torch.manual_seed(1)
    weights = {prefix + name: value for name, value in
               Backbone().state_dict().items() if name != drop}
    weights['fc.weight'] = torch.ones(2)  # torchvision's own files have it
    torch.save(weights, path)
    return weights


@pytest.mark.parametrize('prefix, given', [
    ('', None), ('backbone.', 'backbone.'), ('backbone.', 'backbone')])
def test_file_fills_the_backbone(tmp_path: Path, prefix: str,
                                 given: str | None) -> None:
    path, backbone = tmp_path / 'a.pth', Backbone()
    weights = save(path, prefix, drop='norm.num_batches_tracked')
    load_pretrained(backbone, dict(checkpoint=str(path), prefix=given))
    assert torch.equal(backbone.conv.weight, weights[prefix + 'conv.weight'])


@pytest.mark.parametrize('prefix, drop, name', [
    ('other.', '', 'conv.weight'), ('', 'norm.bias', 'norm.bias')])
def test_weights_that_do_not_fill_it(tmp_path: Path, prefix: str, drop: str,
                                     name: str) -> None:
    path = tmp_path / 'a.pth'
    save(path, prefix, drop)
    with pytest.raises(InputError, match=f'another network, {name} of'):
        load_pretrained(Backbone(), dict(checkpoint=str(path)))


def test_weights_of_a_larger_network(tmp_path: Path) -> None:
    """A ResNet-101 has all that a ResNet-50 has, and more."""
    weights = {**Backbone().state_dict(), 'conv.1.weight': torch.ones(2)}
    torch.save(weights, tmp_path / 'a.pth')
    with pytest.raises(InputError, match='larger network, conv.1.weight has'):
        load_pretrained(Backbone(), dict(checkpoint=str(tmp_path / 'a.pth')))


@pytest.mark.parametrize('kind', ['Pretrained', 'mmengine.Pretrained'])
@pytest.mark.parametrize('in_list', [True, False])
def test_no_weights_are_left_to_mmengine(kind: str, in_list: bool) -> None:
    cfg = dict(type=kind, checkpoint='a.pth')
    other = dict(type='Constant', layer='Conv2d', val=1)
    model = Model([other, cfg] if in_list else cfg)
    (module, taken), = take_pretrained(model)
    assert module is model.backbone
    assert taken == cfg
    assert module.init_cfg == ([other] if in_list else None)


@pytest.mark.parametrize('source, problem', [
    ('none.pth', 'none.pth: no such weights; set pretrained'),
    ('torchvision://resnet5', 'torchvision://resnet5: no such weights'),
    ('s3://a/b.pth', 'of an unknown kind'),
    ('http://127.0.0.1:9/a.pth', 'cannot be downloaded'),
])
def test_weights_that_cannot_be_had(
        source: str, problem: str, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    with pytest.raises(InputError, match=problem):
        pretrained_file(source)


def test_url_is_read_from_the_cache_and_checked(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ResNet-50 does not take the weights of a ResNet-18."""
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    path = tmp_path / 'hub/checkpoints/resnet50-0676ba61.pth'
    path.parent.mkdir(parents=True)
    save(path, prefix='other.')
    source = 'torchvision://resnet50'
    assert pretrained_file(source) == path
    with pytest.raises(InputError, match=f'{source}: weights of another'):
        load_pretrained(Backbone(), dict(checkpoint=source))


@pytest.mark.parametrize('digest', ['', '-0123456789ab'])
def test_processes_fetch_a_file_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        digest: str) -> None:
    """The others wait; one whose fetch has failed leaves it to the next."""
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    fetches, url = tmp_path / 'fetches', f'https://host/net{digest}.pth'
    fetches.mkdir()

    def fetch(rank: int) -> str:
        def download(url: str, file: str, hash_prefix: str | None,
                     progress: bool) -> None:
            assert hash_prefix == (digest[1:] or None) and not progress
            is_first = not any(fetches.iterdir())
            (fetches / str(rank)).touch()
            for _ in range(50):  # for others, which would begin, too
                if len(list(fetches.iterdir())) < 4:
                    time.sleep(0.01)
            if is_first:
                raise OSError('connection lost')
            Path(file).write_text(str(rank))

        monkeypatch.setattr(torch.hub, 'download_url_to_file', download)
        torch.distributed.barrier()
        try:
            return pretrained_file(url).read_text()
        except InputError as error:
            return str(error)

    found = in_processes(fetch, 4, tmp_path / 'sync')
    assert len(list(fetches.iterdir())) == 2
    failed, = [text for text in found if 'cannot be downloaded' in text]
    found.remove(failed)
    assert found[0] in '0123' and found == [found[0]] * 3


def test_the_rest_of_the_model_starts_as_with_mmengine(
        tmp_path: Path) -> None:
    path = tmp_path / 'a.pth'
    save(path)
    models = []
    for ours in (False, True):
        model = Model(dict(type='Pretrained', checkpoint=str(path)))
        torch.manual_seed(0)
        taken = take_pretrained(model) if ours else []
        model.init_weights()
        for module, init_cfg in taken:
            load_pretrained(module, init_cfg)
        models.append(model.state_dict())
    for name, value in models[0].items():
        assert torch.equal(value, models[1][name]), name


@pytest.mark.parametrize('attack', ATTACKS)
def test_no_code_of_weights_is_run(tmp_path: Path, attack) -> None:
    path = attack(tmp_path / 'a.pth', tmp_path / 'trace')
    with pytest.raises(InputError, match='a.pth: not a checkpoint'):
        load_pretrained(Backbone(), dict(checkpoint=str(path)))
    assert not (tmp_path / 'trace').exists()


def test_file_of_an_installed_package(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / 'some_weights'
    package.mkdir()
    (package / '__init__.py').write_text('raise SystemExit')  # never imported
    (package / 'net.pth').touch()
    monkeypatch.syspath_prepend(tmp_path)
    assert pretrained_file('package://some_weights/net.pth') == (
        package / 'net.pth')


@pytest.mark.parametrize('name', ['no_such/net.pth', 'no_such', '../x.pth'])
def test_package_that_is_not_there(name: str) -> None:
    with pytest.raises(InputError, match='install'):
        pretrained_file(f'package://{name}')


def test_weights_that_have_diverged(tmp_path: Path) -> None:
    path = tmp_path / 'a.pth'
    weights = save(path)
    weights['norm.bias'][0] = torch.nan
    torch.save(weights, path)
    with pytest.raises(InputError, match=r'a\.pth: norm\.bias holds NaN'):
        load_pretrained(Backbone(), dict(checkpoint=str(path)))

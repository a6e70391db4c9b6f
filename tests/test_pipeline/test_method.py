# Copyright (c) COMNet contributors. All rights reserved.
"""What a method says of its networks."""

from pathlib import Path

import pytest
from tiny import METHOD

from comnet.pipeline import Job, Workspace, read_methods, stages_of
from comnet.utils import InputError
from comnet.utils.package_files import package_folder

PLACE = f'methods.{METHOD}.options'


def job(configs: Path, **options: object) -> Job:
    settings = read_methods(configs / 'pipeline.py', {PLACE: options})[METHOD]
    settings.pretrained = None  # no classifier is there to start from
    return Job(METHOD, settings, Workspace(Path('work')))


@pytest.mark.parametrize('options', [
    {'model.neck.0.alpha': 3},
    {'model': {'neck': {'0': {'alpha': 3}}}}])
def test_options_reach_their_network_alone(
        tiny_configs: Path, options: dict) -> None:
    mine, plain = job(tiny_configs, classifier=options), job(tiny_configs)
    for network in ('irnet', 'segmentor'):
        assert (mine.config(network).to_dict()
                == plain.config(network).to_dict())
    changed = mine.config('classifier')
    assert changed.model.neck[0].pop('alpha') == 3
    expected = plain.config('classifier')
    assert expected.model.neck[0].pop('alpha') == 1.5
    assert changed.to_dict() == expected.to_dict()


def test_nested_options_hide_nothing(tiny_configs: Path) -> None:
    """The pipeline's own options reach into the same dicts."""
    mine = job(tiny_configs, irnet=dict(
        train_dataloader=dict(batch_size=3),
        optim_wrapper=dict(optimizer=dict(_delete_=True, type='Adam'))))
    for _ in range(2):  # the first reading leaves the options as they are
        cfg = mine.config(
            'irnet', **{'train_dataloader.dataset.seg_map_dir': 'labels'})
        assert cfg.train_dataloader.batch_size == 3
        assert cfg.train_dataloader.dataset.seg_map_dir == 'labels'
        assert cfg.optim_wrapper.optimizer == dict(type='Adam')


@pytest.mark.parametrize('options, reason', [
    (dict(deeplab={}), r'options.deeplab: no such network'),
    (dict(irnet=3), 'options: not a dict of settings a network'),
    (dict(irnet={'data_root': 'D'}),
     'options.irnet.data_root: a setting of the method')])
def test_options_that_reach_nothing_are_refused(
        tiny_configs: Path, options: dict, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        job(tiny_configs, **options)


def test_place_that_a_network_has_not_is_named(tiny_configs: Path) -> None:
    with pytest.raises(InputError, match='Index 7 exceeds'):
        job(tiny_configs, classifier={'model.neck.7.alpha': 3}).config(
            'classifier')


def test_unknown_setting_of_the_crf(tiny_configs: Path) -> None:
    with pytest.raises(InputError, match='test_crf.steps: no such setting'):
        read_methods(tiny_configs / 'pipeline.py', {'test_crf.steps': 3})


def network(configs: Path, irnet: str) -> Path:
    settings = read_methods(configs / 'pipeline.py', dict(irnet=irnet))
    return Path(settings[METHOD].irnet)


def test_network_is_the_file_that_is_named(
        tiny_configs: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the package's of the same name."""
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / 'mine/irnet_r50_voc.py'
    mine.parent.mkdir()
    mine.write_text((tiny_configs / 'irnet.py').read_text())
    assert network(tiny_configs, 'mine/irnet_r50_voc.py').samefile(mine)
    packaged = network(tiny_configs, 'irnet_r50_voc.py')
    assert packaged == package_folder('configs') / 'irnet_r50_voc.py'
    assert network(tiny_configs, 'irnet_r18_voc12.py').parent.name == (
        'voc12_small')
    with pytest.raises(InputError, match='typo/irnet_r50_voc.py: no such co'):
        network(tiny_configs, 'typo/irnet_r50_voc.py')


def test_weights_of_an_unknown_network(tiny_configs: Path) -> None:
    with pytest.raises(InputError, match='pretrained.segmentr: no such net'):
        read_methods(tiny_configs / 'pipeline.py',
                     {'pretrained': dict(segmentr='x.pth')})


def test_affinity_labels_have_defaults(tiny_configs: Path) -> None:
    settings = read_methods(tiny_configs / 'pipeline.py', {
        'affinity': dict(_delete_=True, fg_threshold=0.4)})[METHOD]
    stage, = (stage for stage in stages_of(settings)
              if stage.name == 'affinity')
    assert stage.crf(Job(METHOD, settings, Workspace(Path('w')))) == 'labels'

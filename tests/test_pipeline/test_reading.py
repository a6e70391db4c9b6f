# Copyright (c) COMNet contributors. All rights reserved.
"""What a pipeline's config says of its methods and their steps."""

from pathlib import Path
from typing import Any

import pytest
from helpers.tiny import METHOD, STEPS
from mmengine.config import Config

from comnet.pipeline import Method, read_methods
from comnet.utils import InputError
from comnet.utils.package_files import package_folder


def method(configs: Path, **options: Any) -> Method:
    """Return the tiny method, whose networks start from no weights."""
    return read_methods(configs / 'pipeline.py', {
        'irnet.start': None, 'segmentor.start': None, **options})[METHOD]


def config(configs: Path, network: str, **options: Any) -> Config:
    return method(configs, **options).built[network].cfg


@pytest.mark.parametrize('options', [
    {'model.neck.0.alpha': 3},
    {'model': {'neck': {'0': {'alpha': 3}}}}])
def test_options_reach_their_network_alone(
        tiny_configs: Path, options: dict) -> None:
    changed = {f'methods.{METHOD}.classifier.options': options}
    for network in ('irnet', 'segmentor'):
        assert (config(tiny_configs, network, **changed).to_dict()
                == config(tiny_configs, network).to_dict())
    mine = config(tiny_configs, 'classifier', **changed)
    assert mine.model.neck[0].pop('alpha') == 3
    expected = config(tiny_configs, 'classifier')
    assert expected.model.neck[0].pop('alpha') == 1.5
    assert mine.to_dict() == expected.to_dict()


def test_nested_options_hide_nothing(tiny_configs: Path) -> None:
    """The pipeline's own options reach into the same dicts."""
    cfg = config(tiny_configs, 'irnet', **{'irnet.options': dict(
        train_dataloader=dict(batch_size=3),
        optim_wrapper=dict(optimizer=dict(_delete_=True, type='Adam')))})
    assert cfg.train_dataloader.batch_size == 3
    assert cfg.train_dataloader.dataset.seg_map_dir.endswith(
        'comnet/affinity/labels')
    assert cfg.optim_wrapper.optimizer == dict(type='Adam')


@pytest.mark.parametrize('options, reason', [
    ({'methods.comnet.deeplab': {}}, 'comnet.deeplab: no such step or sett'),
    ({'deeplab': 3}, "no setting 'deeplab'"),
    ({'irnet.options': 3}, 'irnet.options is 3; give a dict'),
    ({'irnet.options': {'data_root': 'D'}},
     'irnet.options.data_root: a setting of the method'),
    ({'affinity': 3}, 'affinity is 3; give a config file, a dict'),
    ({'affinity.type': 'Labels'}, "affinity.type is 'Labels'; there are Aff"),
    ({'affinity.fg_treshold': 0.4},
     'affinity.fg_treshold: no such setting; there are data_root'),
    ({'evaluation.refine': dict(type='DeepLabCRF', steps=3)},
     'refine.steps: no such setting'),
    ({'irnet': None}, "pseudo: needs the step 'irnet', which is left out")])
def test_settings_that_reach_nothing_are_refused(
        tiny_configs: Path, options: dict, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_methods(tiny_configs / 'pipeline.py', options)


@pytest.mark.parametrize('names, run', [
    (None, ['comnet', 'plain']), (['plain'], ['plain']),
    (['plain', 'comnet'], ['comnet', 'plain'])])
def test_methods_that_are_run_by_default(
        tiny_configs: Path, names: list | None, run: list) -> None:
    options = {'methods.plain.classifier': 'classifier.py'}
    if names is not None:
        options['default_methods'] = names
    methods = read_methods(tiny_configs / 'pipeline.py', options)
    assert [*methods] == ['comnet', 'plain']
    assert [name for name, each in methods.items() if each.by_default] == run


@pytest.mark.parametrize('names', ['comnet', [], ['comnt'], None])
def test_defaults_are_methods(tiny_configs: Path, names: object) -> None:
    with pytest.raises(InputError, match='default_methods is .*; give a list '
                       'of methods, of comnet'):
        read_methods(tiny_configs / 'pipeline.py',
                     dict(default_methods=names))


@pytest.mark.parametrize('text, reason', [
    ("psuedo = dict(bg_threshold=0.3)",
     'psuedo: no such step or setting; did you mean pseudo'),
    ("methods = {'../evil': dict(classifier='classifier.py')}",
     r'methods.\.\./evil: a name is that of a folder'),
    ("methods = {'.': dict(classifier='classifier.py')}",
     r'methods.\.: a name is that of a folder')])
def test_names_that_mean_nothing_are_refused(
        tiny_configs: Path, tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / 'other.py'
    path.write_text(f"_base_ = '{tiny_configs}/pipeline.py'\n{text}\n")
    with pytest.raises(InputError, match=reason):
        read_methods(path)


def test_place_that_a_network_has_not_is_named(tiny_configs: Path) -> None:
    with pytest.raises(InputError, match='Index 7 exceeds'):
        config(tiny_configs, 'classifier', **{
            'classifier.options': {'model.neck.7.alpha': 3}})


def test_setting_that_a_method_needs_is_named(tmp_path: Path) -> None:
    path = tmp_path / 'pipeline.py'
    path.write_text("methods = dict(cam=dict(classifier='cam_r50_voc.py', "
                    "irnet='irnet_r50_voc.py', "
                    "segmentor='deeplabv2_r50_voc.py'))\n")
    with pytest.raises(InputError, match='methods.cam: no data_root; set it'):
        read_methods(path)


def network(configs: Path, irnet: str) -> Path:
    return Path(method(configs, irnet=irnet).steps['irnet'].config)


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


def test_config_alone_keeps_the_other_settings(tiny_configs: Path) -> None:
    """As on the command line, where the rest stands in the file."""
    named = method(tiny_configs, irnet='irnet_r50_voc.py')
    assert named.steps['irnet'].start is None
    assert named.built['affinity'].bg_threshold == 0.15


def test_step_of_another_type_has_settings_of_its_own(
        tiny_configs: Path) -> None:
    methods = read_methods(tiny_configs / 'pipeline.py', {
        'methods.crf': dict(
            classifier='classifier.py', affinity=None, irnet=None,
            pseudo=dict(type='CAMMasks')),
        'methods.theirs': dict(
            classifier=None, cam=dict(type='ImportedCAMs', source='maps'),
            irnet=dict(start=None), segmentor=None, evaluation=None)})
    assert {name: tuple(each.steps) for name, each in methods.items()} == {
        METHOD: STEPS,
        'crf': ('classifier', 'cam', 'pseudo', 'segmentor', 'evaluation'),
        'theirs': ('cam', 'affinity', 'irnet', 'pseudo')}
    assert methods['crf'].built['pseudo'].bg_threshold == 0.15
    assert methods['crf'].needs('segmentor') == ['classifier', 'pseudo']
    assert methods['theirs'].required('pseudo') == [
        'cam', 'affinity', 'irnet', 'pseudo']

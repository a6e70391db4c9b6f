# Copyright (c) COMNet contributors. All rights reserved.
"""Settings that are named once and take effect everywhere."""

import shutil
from pathlib import Path

import pytest

from comnet.engine.config import load_config
from comnet.utils import InputError

CONFIGS = Path(__file__).parents[2] / 'configs'
CLASSIFIER = CONFIGS / 'comnet_r50_voc.py'
SEGMENTOR = CONFIGS / 'demo/deeplabv2_tiny_demo.py'


def options(root: Path, **changes) -> dict:
    return dict(data_root=str(root), pretrained=None) | changes


@pytest.mark.parametrize('path, loaders', [
    (CLASSIFIER, ('train', 'val', 'test')),
    (SEGMENTOR, ('train', 'val', 'test')),
    (CONFIGS / 'irnet_r50_voc.py', ('train', 'predict')),
])
def test_data_root_reaches_every_data_set(
        demo_root: Path, path: Path, loaders: tuple[str, ...]) -> None:
    cfg = load_config(path, options(demo_root))
    for name in loaders:
        assert cfg[f'{name}_dataloader'].dataset.data_root == str(demo_root)


def test_other_options_stay(demo_root: Path) -> None:
    cfg = load_config(SEGMENTOR, options(demo_root, **{
        'train_dataloader.dataset.seg_map_dir': '/masks',
        'train_cfg.max_iters': 7}))
    assert cfg.train_dataloader.dataset.seg_map_dir == '/masks'
    assert cfg.train_cfg.max_iters == 7


def test_number_of_classes_is_that_of_the_folder(
        demo_root: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(demo_root, tmp_path / 'demo'))
    (root / 'classes.txt').write_text('a\nb\nc\n')
    assert load_config(CLASSIFIER, options(root)).model.head.num_classes == 3
    segmentor = load_config(SEGMENTOR, options(root)).model
    assert segmentor.decode_head.num_classes == 4  # and background
    (root / 'classes.txt').unlink()
    assert load_config(CLASSIFIER, options(root)).model.head.num_classes == 20


def test_no_pretrained_weights(demo_root: Path) -> None:
    cfg = load_config(CLASSIFIER, options(demo_root))
    assert cfg.model.backbone.init_cfg is None


@pytest.mark.parametrize('config', [
    CLASSIFIER, CONFIGS / 'demo/comnet_tiny_demo.py'])
def test_pretrained_weights_of_a_file(
        demo_root: Path, tmp_path: Path, config: Path) -> None:
    weights = tmp_path / 'weights.pth'
    weights.touch()
    cfg = load_config(config, options(demo_root, pretrained=str(weights)))
    assert cfg.model.backbone.init_cfg == dict(
        type='Pretrained', checkpoint=str(weights))


def test_prefix_of_the_weights_stays(demo_root: Path, tmp_path: Path) -> None:
    weights = tmp_path / 'weights.pth'
    weights.touch()
    cfg = load_config(SEGMENTOR, options(demo_root, pretrained=str(weights)))
    assert cfg.model.backbone.init_cfg == dict(
        type='Pretrained', checkpoint=str(weights), prefix='backbone.')


def test_pretrained_weights_of_a_url(demo_root: Path) -> None:
    cfg = load_config(CLASSIFIER, dict(data_root=str(demo_root)))
    assert cfg.model.backbone.init_cfg.checkpoint == 'torchvision://resnet50'


def test_option_of_one_place_wins(demo_root: Path) -> None:
    cfg = load_config(CLASSIFIER, {
        **options(demo_root), 'test_dataloader.dataset.data_root': 'other'})
    assert cfg.train_dataloader.dataset.data_root == str(demo_root)
    assert cfg.test_dataloader.dataset.data_root == 'other'


def test_no_workers_persist_where_there_are_none(demo_root: Path) -> None:
    cfg = load_config(CLASSIFIER, {
        **options(demo_root), 'train_dataloader.num_workers': 0})
    assert 'persistent_workers' not in cfg.train_dataloader


def test_groups_are_matched_as_they_are_loaded(demo_root: Path) -> None:
    size = {'train_dataloader.dataset.group_size': 3}
    with pytest.raises(InputError, match='groups of 3 are loaded'):
        load_config(CLASSIFIER, {**options(demo_root), **size})


def test_missing_data(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='nowhere: no such folder'):
        load_config(CLASSIFIER, options(tmp_path / 'nowhere'))


def test_missing_config(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='a.py: no such config'):
        load_config(tmp_path / 'a.py')


@pytest.mark.parametrize('text, problem', [
    ('model = dict(\n', 'not a valid config'),
    ("_base_ = 'none.py'\n", 'none.py'),
    ('data_root = "x"\n', 'no model'),
])
def test_invalid_config(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / 'a.py'
    path.write_text(text)
    with pytest.raises(InputError, match=problem) as caught:
        load_config(path)
    assert str(caught.value).startswith(f'{path}: ')
    assert '\n' not in str(caught.value)

# Copyright (c) COMNet contributors. All rights reserved.
"""Settings that are named once and take effect everywhere."""

import shutil
from pathlib import Path

import pytest

from comnet.engine.config import load_config
from comnet.engine.config_file import read_config
from comnet.engine.options import CommandParser
from comnet.utils import InputError

CONFIGS = Path(__file__).parents[2] / 'configs'
CLASSIFIER = CONFIGS / 'comnet_r50_voc.py'
TINY = Path(__file__).parents[1] / 'configs'
SEGMENTOR = TINY / 'deeplabv2_tiny.py'


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


@pytest.mark.parametrize('path, train, val', [
    (CLASSIFIER, ('train', 'val', 'test'), ()),
    (SEGMENTOR, ('train', ), ('val', 'test')),
    (CONFIGS / 'irnet_r50_voc.py', ('train', 'predict'), ()),
])
def test_lists_reach_the_data_sets_that_read_them(
        demo_root: Path, path: Path, train: tuple[str, ...],
        val: tuple[str, ...]) -> None:
    # each takes the other's old name: they are not mixed up
    lists = dict(train_list='ImageSets/Segmentation/val.txt',
                 val_list='ImageSets/Segmentation/train_aug.txt')
    cfg = load_config(path, options(demo_root, **lists))
    for names, key in ((train, 'train_list'), (val, 'val_list')):
        for name in names:
            dataset = cfg[f'{name}_dataloader'].dataset
            assert dataset.image_set_path == lists[key]


def networks() -> list[str]:
    """Return the names of all configs of a model."""
    return [str(path.relative_to(CONFIGS)) for path in sorted(
        CONFIGS.rglob('*.py')) if '_base_' not in path.parts
        and 'model' in read_config(path, custom_imports=False)]


@pytest.mark.parametrize('inherited', [False, True])
@pytest.mark.parametrize('name', networks())
def test_what_is_set_at_the_top_wins(
        name: str, inherited: bool, demo_root: Path, tmp_path: Path) -> None:
    """In a file that inherits as on the command line."""
    before = read_config(name, custom_imports=False)
    top: dict = dict(
        data_root=str(demo_root), train_list='mine/train.txt',
        val_list='mine/val.txt', labels='mine.csv', mask_dir='mine',
        group_size=3, pretrained='mine.pth')
    top = {key: value for key, value in top.items()
           if key in before or key == 'val_list'}
    if inherited:
        path = tmp_path / 'mine.py'
        own = ''.join(f'{key} = {value!r}\n' for key, value in top.items())
        path.write_text(
            f"_base_ = '{{{{$COMNET_CONFIGS:}}}}/{name}'\n{own}")
        cfg = load_config(path)
    else:
        cfg = load_config(name, top)
    for key in ('train_dataloader', 'val_dataloader', 'test_dataloader',
                'predict_dataloader'):
        if not cfg.get(key):
            continue
        dataset = cfg[key].dataset
        of_val = before[key].dataset.image_set_path != before.train_list
        assert dataset.data_root == str(demo_root)
        assert dataset.image_set_path == top[
            'val_list' if of_val else 'train_list']
        if 'labels' in top:
            assert dataset.labels == 'mine.csv'
    dataset = cfg.train_dataloader.dataset
    if 'mask_dir' in top:
        assert dataset.seg_map_dir == 'mine'
    if 'group_size' in top:
        assert dataset.group_size == 3
    if 'pretrained' in top:
        backbone = cfg.model.backbone
        assert backbone.get(
            'backbone', backbone).init_cfg.checkpoint == 'mine.pth'


def test_lists_that_change_places(demo_root: Path, tmp_path: Path) -> None:
    path = tmp_path / 'mine.py'
    path.write_text(
        "_base_ = '{{$COMNET_CONFIGS:}}/deeplabv2_r50_voc.py'\n"
        "train_list = 'ImageSets/Segmentation/val.txt'\n"
        "val_list = 'ImageSets/Segmentation/train_aug.txt'\n")
    cfg = load_config(path, options(demo_root))
    assert cfg.train_dataloader.dataset.image_set_path.endswith('val.txt')
    assert cfg.val_dataloader.dataset.image_set_path.endswith('_aug.txt')


def test_size_of_the_groups_is_named_once(demo_root: Path) -> None:
    cfg = load_config(CLASSIFIER, options(demo_root, group_size=4))
    assert cfg.train_dataloader.dataset.group_size == 4


MASKED = [(SEGMENTOR, 'PseudoMasks'),
          (CONFIGS / 'irnet_r50_voc.py', 'AffinityLabels')]


@pytest.mark.parametrize('path, folder', MASKED)
def test_masks_of_a_config_lie_in_its_data_root(
        demo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        path: Path, folder: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / folder).mkdir()  # a namesake plays no part
    cfg = load_config(path, options(demo_root))
    assert cfg.train_dataloader.dataset.seg_map_dir == folder


@pytest.mark.parametrize('path, _', MASKED)
@pytest.mark.parametrize('given, expected', [
    ('here/masks', '{here}/here/masks'),  # as each path of a command
    (Path('here/masks'), '{here}/here/masks'),
    ('{here}/here/masks', '{here}/here/masks'),
    ('SegmentationClass', 'SegmentationClass'),  # of data_root
    ('/no/masks', '/no/masks'),
    (None, None)])
def test_masks_to_learn_from_are_named_once(
        demo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        path: Path, _: str, given: str | Path | None,
        expected: str | None) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'here/masks').mkdir(parents=True)
    if isinstance(given, str):
        given = given.format(here=tmp_path)
    cfg = load_config(path, options(demo_root, mask_dir=given))
    learnt = cfg.train_dataloader.dataset.seg_map_dir
    assert learnt == (expected and expected.format(here=tmp_path))
    for name in ('test_dataloader', 'predict_dataloader'):
        if name in cfg:  # the masks that are measured stay
            assert cfg[name].dataset.get('seg_map_dir') is None


def test_masks_reach_a_data_set_in_a_wrapper(
        demo_root: Path, tmp_path: Path) -> None:
    (tmp_path / 'twice.py').write_text(f'''
_base_ = '{SEGMENTOR}'
train_dataloader = dict(dataset=dict(_delete_=True, type='RepeatDataset',
    times=2, dataset=dict(type='VOCSegmentationDataset', data_root='D',
                          seg_map_dir='PseudoMasks')))
''')
    cfg = load_config(tmp_path / 'twice.py', options(
        demo_root, mask_dir=tmp_path))
    assert cfg.train_dataloader.dataset.dataset.seg_map_dir == str(tmp_path)


def test_masks_stay_where_a_saved_config_says(
        demo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
        ) -> None:
    """Read from another folder, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'masks').mkdir()
    cfg = load_config(SEGMENTOR, options(demo_root, mask_dir='masks'))
    cfg.dump(tmp_path / 'saved.py')
    monkeypatch.chdir('/')
    saved = load_config(tmp_path / 'saved.py')
    assert saved.train_dataloader.dataset.seg_map_dir == str(
        tmp_path / 'masks')


@pytest.mark.parametrize('text, key, value', [
    ('data_root=/data/a, b/c d', 'data_root', '/data/a, b/c d'),
    ('model.backbone.cache_dir=my disk/f', 'model.backbone.cache_dir',
     'my disk/f'),
    ('mask_dir=a, b', 'mask_dir', 'a, b'),
    ('pretrained=None', 'pretrained', None),
    ('pretrained.irnet=a,b.pth', 'pretrained.irnet', 'a,b.pth'),
    ('cam.source=1', 'cam.source', '1'),
    ('model.neck.0.alpha=1.8', 'model.neck.0.alpha', 1.8),
    ('options.classifier.k=8', 'options.classifier.k', 8),
    ('sizes=1,2', 'sizes', [1, 2]),
    ('x=a=b', 'x', 'a=b'),
])
def test_options_of_the_command_line(text: str, key: str, value: object
                                     ) -> None:
    parser = CommandParser()
    parser.add('--cfg-options')
    args = parser.parse_args(['--cfg-options', text])
    assert args.cfg_options == {key: value}


@pytest.mark.parametrize('text', [
    'data_root', 'x=[1,(2]', "loss={'type': 'A', 'weights': [1, 2]}",
    'loss=dict(type=A)', 'losses=[dict(type=A)]'])
def test_option_that_is_none(text: str, capsys: pytest.CaptureFixture
                             ) -> None:
    parser = CommandParser()
    parser.add('--cfg-options')
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(['--cfg-options', text])
    assert caught.value.code == 2
    assert '--cfg-options' in capsys.readouterr().err


def test_other_options_stay(demo_root: Path) -> None:
    cfg = load_config(SEGMENTOR, options(demo_root, **{
        'train_dataloader.batch_size': 3, 'train_cfg.max_iters': 7}))
    assert cfg.train_dataloader.batch_size == 3
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


def test_number_of_classes_reaches_all_heads_of_mmseg(
        demo_root: Path, tmp_path: Path) -> None:
    """Such as a head that helps in training, or a cascade of heads."""
    (tmp_path / 'cascade.py').write_text(f'''
_base_ = '{SEGMENTOR}'
head = dict(type='FCNHead', num_classes=21)
model = dict(decode_head=[head, head], auxiliary_head=head)
''')
    model = load_config(tmp_path / 'cascade.py', options(demo_root)).model
    assert [head.num_classes for head in (
        *model.decode_head, model.auxiliary_head)] == [6, 6, 6]


def test_a_head_of_one_score_is_refused(
        demo_root: Path, tmp_path: Path) -> None:
    """MMSegmentation proposes it for two classes; its labels would be 0."""
    (tmp_path / 'binary.py').write_text(
        f"_base_ = '{SEGMENTOR}'\n"
        'model = dict(decode_head=dict(out_channels=1))\n')
    with pytest.raises(InputError, match='out_channels of its decode_head'):
        load_config(tmp_path / 'binary.py', options(demo_root))


def test_no_pretrained_weights(demo_root: Path) -> None:
    cfg = load_config(CLASSIFIER, options(demo_root))
    assert cfg.model.backbone.init_cfg is None


@pytest.mark.parametrize('config', [
    CLASSIFIER, TINY / 'comnet_tiny.py'])
def test_pretrained_weights_of_a_file(
        demo_root: Path, tmp_path: Path, config: Path) -> None:
    weights = tmp_path / 'weights.pth'
    weights.touch()
    cfg = load_config(config, options(demo_root, pretrained=str(weights)))
    assert cfg.model.backbone.init_cfg == dict(
        type='Pretrained', checkpoint=str(weights))


def test_pretrained_weights_of_a_cached_backbone(
        demo_root: Path, tmp_path: Path) -> None:
    weights = tmp_path / 'weights.pth'
    weights.touch()
    cfg = load_config(CONFIGS / 'voc12_small/cam_r50_frozen_voc12.py',
                      options(demo_root, pretrained=str(weights)))
    assert 'init_cfg' not in cfg.model.backbone
    assert cfg.model.backbone.backbone.init_cfg == dict(
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

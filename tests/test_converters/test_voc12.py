# Copyright (c) COMNet contributors. All rights reserved.
"""From the archives of PASCAL VOC 2012 and SBD to a training."""

import platform
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers import releases
from helpers.releases import SBD, VOC, add_member, pack, write_text
from helpers.tool_runner import error_of, run_tool
from mmengine.config import Config
from PIL import Image

from comnet.converters.voc12 import convert_voc12, train_aug_ids
from comnet.datasets import VOCLabelDataset, VOCSegmentationDataset
from comnet.datasets.voc_folder import load_mask, read_split
from comnet.utils import InputError

CONFIG = Path(__file__).parents[2] / 'configs/pipeline_r50_voc.py'
TOOL = 'dataset_converters/voc12.py'
TRAIN, VAL = ['2007_000032', '2007_000039'], ['2007_000033', '2007_000042']
SBD_TRAIN = ['2008_000002', '2007_000032', '2007_000033']
SBD_VAL = ['2007_000001', '2008_000007', '2007_000042']
TRAIN_AUG = ['2007_000001', '2007_000032', '2007_000039', '2008_000002',
             '2008_000007']
LABELS = {
    '2007_000001': ['aeroplane', 'tvmonitor'], '2007_000032': ['person'],
    '2007_000033': ['cat'], '2007_000039': ['dog', 'sofa'],
    '2007_000042': ['train'], '2008_000002': ['bus'],
    '2008_000007': ['boat'], '2012_004331': ['bird']}  # the last is of no list
SHAPE = (8, 12)


def voc_mask(image_id: str) -> np.ndarray:
    """Return a mask with an object in its ignored contour."""
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask[1:6, 1:6] = 255
    mask[2:5, 2:5] = 1 + int(image_id[-1])
    return mask


def sbd_mask(image_id: str) -> np.ndarray:
    """Return another mask of the same image, without ignored pixels."""
    mask = np.zeros(SHAPE, dtype=np.uint8)
    mask[3:, 4:] = 11 + int(image_id[-1])
    return mask


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return what the two archives are extracted to."""
    lists = dict(train=TRAIN, val=VAL)
    voc = releases.write_voc(
        tmp_path / 'voc', lists, LABELS,
        {image_id: voc_mask(image_id) for image_id in TRAIN + VAL})
    sbd = releases.write_sbd(
        tmp_path / 'sbd', dict(train=SBD_TRAIN, val=SBD_VAL),
        {image_id: sbd_mask(image_id) for image_id in SBD_TRAIN + SBD_VAL})
    return voc, sbd


@pytest.fixture
def archives(folders: tuple[Path, Path],
             tmp_path: Path) -> tuple[Path, Path]:
    return (pack(folders[0], tmp_path / 'VOCtrainval_11-May-2012.tar'),
            pack(folders[1], tmp_path / 'benchmark.tgz'))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob('*')) if path.is_file()}


def test_the_official_list(kit: Path) -> None:
    """SBD has 11,355 images: all that VOC's train lacks, and some of val."""
    train, val, train_aug = (
        (kit / f'data/voc12_lists/{split}.txt').read_text().split()
        for split in ('train', 'val', 'train_aug'))
    assert len(train_aug) == 10582
    sbd = [*({*train_aug} - {*train[700:]}), *val[:1400]]
    random.Random(0).shuffle(sbd)
    assert train_aug_ids(train, val, sbd) == train_aug


@pytest.mark.parametrize('packed', [True, False])
def test_all_comes_together(folders: tuple[Path, Path],
                            archives: tuple[Path, Path], tmp_path: Path,
                            packed: bool) -> None:
    voc, sbd = archives if packed else folders
    root = tmp_path / 'out'
    assert convert_voc12(voc, sbd, root, workers=1) == dict(
        train=2, val=2, trainval=4, train_aug=5)
    for split, ids in dict(train=TRAIN, val=VAL, train_aug=TRAIN_AUG,
                           trainval=sorted(TRAIN + VAL)).items():
        assert read_split(root, f'ImageSets/Segmentation/{split}.txt') == ids
    used = sorted(TRAIN_AUG + VAL)
    for name in (folder + suffix for folder, suffix, ids in (
            ('JPEGImages/{}', '.jpg', used), ('Annotations/{}', '.xml', used),
            ('SegmentationClass/{}', '.png', TRAIN + VAL)) for folder in (
                folder.format(image_id) for image_id in ids)):
        assert (root / name).read_bytes() == (
            folders[0] / VOC / name).read_bytes()
    assert len(list((root / 'JPEGImages').iterdir())) == len(used)
    for image_id in used:
        path = root / f'SegmentationClassAug/{image_id}.png'
        expected = (voc_mask if image_id in TRAIN + VAL else sbd_mask)
        assert np.array_equal(load_mask(path), expected(image_id))
        with Image.open(path) as image:
            assert image.getpalette()[3:6] == [128, 0, 0]


def test_config_reads_it_unchanged(archives: tuple[Path, Path],
                                   tmp_path: Path) -> None:
    cfg = Config.fromfile(CONFIG)
    root = tmp_path / cfg.data_root
    convert_voc12(*archives, root, workers=1)
    assert len(VOCSegmentationDataset(str(root), cfg.val_list)) == 2
    infos = VOCLabelDataset(str(root), cfg.train_list).load_data_list()
    labels = VOCLabelDataset(str(root)).CLASSES
    assert {info['img_id']: [labels[label] for label in info['gt_label']]
            for info in infos} == {
                image_id: LABELS[image_id] for image_id in TRAIN_AUG}
    # CAMs and pseudo masks are measured on VOC's own masks alone
    assert [info['img_id'] for info in infos if 'seg_map_path' in info
            ] == TRAIN
    assert len(VOCSegmentationDataset(str(root), cfg.train_list,
                                      'SegmentationClassAug')) == 5


def test_test_images_come_too(archives: tuple[Path, Path],
                              tmp_path: Path) -> None:
    ids = ['2008_000001', '2008_000004']
    folder = tmp_path / 'test' / VOC
    write_text(folder / 'ImageSets/Segmentation/test.txt', ids)
    for seed, image_id in enumerate([*ids, '2008_000006']):
        releases.write_image(folder / f'JPEGImages/{image_id}.jpg', seed,
                             (12, 8))
    test = pack(tmp_path / 'test', tmp_path / 'VOC2012test.tar')
    root = tmp_path / 'out'
    run = run_tool(TOOL, *archives, root, '--test', test, '--workers', 1)
    assert (run.code, run.err) == (0, '')
    assert read_split(root, 'ImageSets/Segmentation/test.txt') == ids
    names = {path.stem for path in (root / 'JPEGImages').iterdir()}
    assert names == {*ids, *TRAIN_AUG, *VAL}

    (folder / f'JPEGImages/{ids[1]}.jpg').unlink()
    assert 'test: incomplete, 1 files are missing: JPEGImages/2008_000004' in (
        error_of(TOOL, *archives, root, '--test', tmp_path / 'test'))


def test_extracted_folder_may_be_its_own_target(
        folders: tuple[Path, Path], tmp_path: Path) -> None:
    voc, sbd = folders
    before = contents(voc / VOC)
    convert_voc12(voc, sbd, voc / VOC, workers=1)
    after = contents(voc / VOC)
    assert before.items() <= after.items()
    assert {name for name in after if name not in before} == {
        'ImageSets/Segmentation/train_aug.txt',
        *(f'SegmentationClassAug/{image_id}.png'
          for image_id in TRAIN_AUG + VAL)}


def test_run_that_was_cut_off_goes_on(
        archives: tuple[Path, Path], tmp_path: Path) -> None:
    whole, root = tmp_path / 'whole', tmp_path / 'root'
    convert_voc12(*archives, whole, workers=1)
    convert_voc12(*archives, root, workers=1)
    kept = root / 'SegmentationClassAug/2008_000002.png'
    kept.write_text('kept')
    for name in ('JPEGImages/2007_000001.jpg', 'Annotations/2007_000033.xml',
                 'SegmentationClassAug/2008_000007.png',
                 'ImageSets/Segmentation/train_aug.txt'):
        (root / name).unlink()
    of_a_killed_run = f'.2007_000001.jpg.{platform.node()}.4194305'
    (root / 'JPEGImages' / of_a_killed_run).touch()
    convert_voc12(*archives, root, workers=1)
    assert kept.read_text() == 'kept'
    shutil.copy(whole / 'SegmentationClassAug/2008_000002.png', kept)
    assert contents(root) == contents(whole)


@pytest.mark.parametrize('name, part', [
    ('voc/VOCdevkit/VOC2012/JPEGImages/2008_000007.jpg', 0),
    ('voc/VOCdevkit/VOC2012/Annotations/2007_000033.xml', 0),
    ('voc/VOCdevkit/VOC2012/SegmentationClass/2007_000033.png', 0),
    ('voc/VOCdevkit/VOC2012/ImageSets/Segmentation/val.txt', 0),
    ('sbd/benchmark_RELEASE/dataset/cls/2008_000002.mat', 1),
    ('sbd/benchmark_RELEASE/dataset/val.txt', 1)])
def test_incomplete_archive_writes_nothing(
        folders: tuple[Path, Path], tmp_path: Path, name: str,
        part: int) -> None:
    (tmp_path / name).unlink()
    with pytest.raises(InputError) as caught:
        convert_voc12(*folders, tmp_path / 'out', workers=1)
    file = Path(name).relative_to((f'voc/{VOC}', f'sbd/{SBD}')[part])
    assert str(caught.value).startswith(
        f'{folders[part]}: incomplete, 1 files are missing: {file}; ')
    assert not (tmp_path / 'out').exists()


def test_archive_that_was_cut_off(archives: tuple[Path, Path],
                                  tmp_path: Path) -> None:
    for path in archives:
        data = path.read_bytes()
        path.write_bytes(data[:len(data) // 2])
        assert f'{path}: ' in error_of(TOOL, *archives, tmp_path / 'out')
        path.write_bytes(data)


@pytest.mark.parametrize('image_id', ['../../../evil', '/evil', '.evil', 'a b',
                                      '2007_000032'])
def test_hostile_list(folders: tuple[Path, Path], tmp_path: Path,
                      image_id: str) -> None:
    """Neither a strange id nor one that stands twice is taken."""
    write_text(folders[1] / SBD / 'train.txt', [*SBD_TRAIN, image_id])
    with pytest.raises(InputError, match='train.txt: .*not the official'):
        convert_voc12(*folders, tmp_path / 'out', workers=1)
    assert not (tmp_path / 'out').exists()


def test_hostile_member(archives: tuple[Path, Path], tmp_path: Path) -> None:
    add_member(archives[0], '../../evil')
    assert 'leads out of the folder' in error_of(
        TOOL, *archives, tmp_path / 'out')
    assert not list(tmp_path.rglob('evil'))


@pytest.mark.parametrize('content', [
    b'', b'MATLAB 5.0 MAT-file', b'\x80\x04\x95', None])
def test_mask_that_is_none(folders: tuple[Path, Path], tmp_path: Path,
                           content: bytes | None) -> None:
    path = folders[1] / SBD / 'cls/2008_000007.mat'
    path.write_bytes(path.read_bytes()[:300] if content is None else content)
    with pytest.raises(InputError, match='2008_000007.mat: not a mask of SBD'):
        convert_voc12(*folders, tmp_path / 'out', workers=1)
    assert not list((tmp_path / 'out/ImageSets/Segmentation').iterdir())


def test_target_that_cannot_be_written(archives: tuple[Path, Path],
                                       tmp_path: Path) -> None:
    (tmp_path / 'file').touch()
    assert 'cannot be read or written' in error_of(
        TOOL, *archives, tmp_path / 'file/out')


def test_photographs_of_voc(kit: Path, tmp_path: Path) -> None:
    """Packed as the official archives, VOC comes out as it was."""
    given = kit / 'data/VOC12'
    lists = {split: read_split(given, f'ImageSets/Segmentation/{split}.txt')
             for split in ('train', 'val')}
    train, val, others = (lists['train'][:12], lists['val'][:6],
                          lists['train'][12:30])
    voc = tmp_path / 'voc' / VOC
    for folder, ids, suffix in (
            ('JPEGImages', train + val + others, '.jpg'),
            ('Annotations', train + val + others, '.xml'),
            ('SegmentationClass', train + val, '.png')):
        (voc / folder).mkdir(parents=True)
        for image_id in ids:
            shutil.copy(given / folder / f'{image_id}{suffix}', voc / folder)
    for split, ids in dict(train=train, val=val, trainval=train + val).items():
        write_text(voc / f'ImageSets/Segmentation/{split}.txt', ids)
    masks = {image_id: load_mask(given / f'SegmentationClass/{image_id}.png')
             for image_id in train + val + others}
    sbd = releases.write_sbd(
        tmp_path / 'sbd', dict(train=val + others[:9], val=others[9:] + train),
        {image_id: np.where(mask == 255, 0, mask)
         for image_id, mask in masks.items()})
    root = tmp_path / 'out'
    convert_voc12(pack(tmp_path / 'voc', tmp_path / 'voc.tar'),
                  pack(sbd, tmp_path / 'sbd.tgz'), root)

    aug = sorted(train + others)
    assert read_split(root, 'ImageSets/Segmentation/train_aug.txt') == aug
    for info in VOCLabelDataset(
            str(root), 'ImageSets/Segmentation/train_aug.txt'
            ).load_data_list():
        shown = {*masks[info['img_id']].flat} - {0, 255}
        assert {label - 1 for label in shown} <= {*info['gt_label']}
    for image_id, mask in masks.items():
        if image_id in others:
            mask = np.where(mask == 255, 0, mask)
        assert np.array_equal(mask, load_mask(
            root / f'SegmentationClassAug/{image_id}.png'))

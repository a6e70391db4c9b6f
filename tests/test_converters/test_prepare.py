# Copyright (c) COMNet contributors. All rights reserved.
"""From a folder of pictures and a list to a data set to train on."""

import json
import os
import re
from collections import Counter
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from helpers.tiny import ROOT, write_configs
from helpers.tool_runner import error_of, run_tool
from mmpretrain.registry import DATASETS
from PIL import Image

from comnet import apis
from comnet.converters import prepare as module
from comnet.converters.prepare import prepare
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask
from comnet.engine.config_file import read_config
from comnet.pipeline import read_methods, run_pipeline
from comnet.utils import InputError

SUFFIXES = ('.jpg', '.JPEG', '.png', '.webp', '.bmp', '.tif')
NAMES = ('zebra', 'cat', 'traffic light')
LIST = 'ImageSets/Segmentation/{}.txt'


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return 24 pictures in folders, one of them rotated, and a CSV."""
    folder, rng = tmp_path / 'pictures', np.random.default_rng(0)
    lines = []
    for number in range(24):
        path = folder / ('', 'a', 'b/my cat')[number % 3] / (
            f'{number:03d}{SUFFIXES[number % 6]}')
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (72, 96, 3), np.uint8)
        exif = Image.Exif()
        exif[0x0112] = 6 if number % 6 == 0 else 1
        Image.fromarray(pixels).save(path, exif=exif)
        name = path.relative_to(folder)
        lines.append(','.join([
            str(name if number % 2 else name.with_suffix('')),
            *{NAMES[number % 3], NAMES[number // 8]}]))
    (tmp_path / 'tags.csv').write_text('file,tags\n' + '\n'.join(lines))
    return folder


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob('*')
            if path.is_file() and path.name != 'record.json'}


def lists(root: Path) -> dict[str, list[str]]:
    return {name: (root / LIST.format(name)).read_text().splitlines()
            for name in ('train', 'val')}


def prepared(pictures: Path, name: str = 'out', **settings) -> Path:
    out = pictures.with_name(name)
    prepare(pictures, pictures.with_name('tags.csv'), out, **settings)
    return out


def test_pictures_are_copied_as_they_are(pictures: Path) -> None:
    out = prepared(pictures)
    assert contents(out / 'JPEGImages') == contents(pictures)


@pytest.mark.parametrize('link', ['hard', 'symbolic'])
def test_pictures_are_linked(pictures: Path, link: str) -> None:
    out = prepared(pictures, link=link)
    assert contents(out / 'JPEGImages') == contents(pictures)
    for path in (out / 'JPEGImages').rglob('*.*'):
        assert path.is_symlink() == (link == 'symbolic')
        assert path.samefile(pictures / path.relative_to(out / 'JPEGImages'))


def test_split_is_drawn_by_a_seed(pictures: Path) -> None:
    first, again = lists(prepared(pictures)), lists(prepared(pictures, 'two'))
    other = lists(prepared(pictures, 'three', seed=1))
    assert first == again
    assert first != other
    for split in (first, other):
        assert len(split['val']) == 5  # a fifth
        assert len({*split['train'], *split['val']}) == 24
    assert len(lists(prepared(pictures, 'four', val_share=0.5))['val']) == 12


def test_two_training_images_of_each_class_are_left(pictures: Path) -> None:
    out = prepared(pictures, val_share=0.9)
    dataset = DATASETS.build(dict(
        type='PairedVOCDataset', data_root=str(out), labels='labels.csv'))
    assert min(map(len, dataset.members)) == 2


def test_classes_are_in_alphabetical_order(pictures: Path) -> None:
    text = (prepared(pictures) / 'classes.txt').read_text()
    assert text == 'cat\ntraffic light\nzebra\n'


def test_labels_are_those_of_the_list(pictures: Path) -> None:
    out = prepared(pictures)
    dataset = DATASETS.build(dict(
        type='VOCLabelDataset', data_root=str(out), labels='labels.csv'))
    for info in map(dataset.get_data_info, range(len(dataset))):
        number = int(info['img_id'].rpartition('/')[2])
        assert {dataset.CLASSES[label] for label in info['gt_label']} == {
            NAMES[number % 3], NAMES[number // 8]}


def test_nothing_is_found_by_the_check(pictures: Path) -> None:
    report = apis.check_data(prepared(pictures), workers=1)
    assert report.findings == []
    assert report.masks == dict(train=0, val=0)


def test_what_was_cut_off_goes_on(
        pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, copied = module.copy_file, Counter()

    def failing(source: Path, target: Path) -> None:
        if copied.total() == 10 and not (pictures / 'mended').exists():
            raise OSError(28, 'No space left on device', str(target))
        copied[source] += 1
        copy(source, target)

    monkeypatch.setattr(module, 'copy_file', failing)
    monkeypatch.setattr(module, 'default_workers', lambda: 1)
    with pytest.raises(InputError, match='No space left'):
        prepared(pictures)
    (pictures / 'mended').touch()
    out = prepared(pictures)
    assert set(copied.values()) == {1}
    assert contents(out / 'JPEGImages').keys() == {
        name for name in contents(pictures) if name != 'mended'}
    before = {path: path.stat().st_mtime_ns for path in out.rglob('*')}
    prepared(pictures)
    assert before == {path: path.stat().st_mtime_ns
                      for path in out.rglob('*')}


def test_other_options_do_not_overwrite(pictures: Path) -> None:
    out = prepared(pictures)
    with pytest.raises(InputError, match='stale.*seed 0 -> 3'):
        prepared(pictures, seed=3)
    prepared(pictures, seed=3, remake=True)
    assert json.loads((out / 'record.json').read_text())['finished']
    assert out.with_name('out.old-1').is_dir()


def test_pictures_without_labels_are_left_out(
        pictures: Path, capsys: pytest.CaptureFixture) -> None:
    tags = pictures.with_name('tags.csv')
    lines = tags.read_text().split('\n')
    tags.write_text('\n'.join([*lines[:-2], 'gone.jpg,cat']))
    out = prepared(pictures)
    said = capsys.readouterr().out
    assert '2 pictures without a label are left out' in said
    assert '1 labels are of no picture: gone' in said
    assert sum(map(len, lists(out).values())) == 22


def test_one_folder_a_class(pictures: Path, tmp_path: Path) -> None:
    folder = tmp_path / 'sorted'
    for number, path in enumerate(sorted(pictures.rglob('*.*'))):
        target = folder / NAMES[number % 3] / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
    prepare(folder, folder, tmp_path / 'out')
    rows = (tmp_path / 'out/labels.csv').read_text().splitlines()[1:]
    assert len(rows) == 24
    for row in rows:
        image_id, name = row.split(',')
        assert image_id.split('/')[0] == name


def test_labels_without_names_take_a_file(pictures: Path,
                                          tmp_path: Path) -> None:
    np.save(tmp_path / 'cls.npy', {
        f'{number:03d}': np.eye(3)[number % 3] for number in range(0, 24, 3)})
    (tmp_path / 'names.txt').write_text('zebra\ncat\ncow\n')
    with pytest.raises(InputError, match='names of classes; give'):
        prepare(pictures, tmp_path / 'cls.npy', tmp_path / 'out')
    prepare(pictures, tmp_path / 'cls.npy', tmp_path / 'out',
            classes_file=tmp_path / 'names.txt')
    assert (tmp_path / 'out/classes.txt').read_text() == 'zebra\ncat\ncow\n'


@pytest.mark.parametrize('arguments, problem', [
    (('--val-share', 0), 'val_share is 0'),
    (('--seed', -1), 'seed is -1'),
    (('--config', 'nowhere.py'), 'nowhere.py: no such config of a'),
    (('--config', 'lite0/aspp_lite0.py'), 'aspp_lite0.py: no such con'),
    (('--classes', 'gone.txt'), 'gone.txt: no such file'),
])
def test_wrong_options(pictures: Path, arguments: tuple,
                       problem: str) -> None:
    line = error_of('dataset_converters/prepare.py', pictures,
                    pictures.with_name('tags.csv'),
                    pictures.with_name('out'), *arguments)
    assert problem in line
    assert not pictures.with_name('out').exists()


def test_pictures_are_not_set_aside_with_the_folder(
        pictures: Path) -> None:
    """Where the folder to make is that of the pictures."""
    before = contents(pictures)
    with pytest.raises(InputError, match='holds .* to be made from; name'):
        prepare(pictures, pictures.parent / 'tags.csv', pictures, remake=True)
    assert contents(pictures) == before


def test_folder_with_an_apostrophe(pictures: Path) -> None:
    out = prepared(pictures, "it's mine")
    assert read_config(out / 'pipeline.py').data_root == str(out)


def test_labels_of_other_pictures(pictures: Path) -> None:
    pictures.with_name('tags.csv').write_text('x1,cat\nx2,cat\n')
    with pytest.raises(InputError, match='no label of any of 24.*name x1'):
        prepared(pictures)


def small(folder: Path, *names: str) -> Path:
    """Return a folder of pictures of these names."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new('RGB', (40, 40), (number, 0, 0)).save(path, 'JPEG')
    return folder


def test_what_is_read_is_told(
        tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    folder = small(tmp_path / 'p', *(f'{n}.jpg' for n in range(6)))
    (tmp_path / 'tags.csv').write_text(
        'image,3,dog,split\n' + ''.join(
            f'{n},{int(n == 5)},1,train\n' for n in range(6)))
    prepare(folder, tmp_path / 'tags.csv', tmp_path / 'out')
    said = capsys.readouterr().out
    for line in (
            'read as multi-hot: 2 classes (3, dog), 6 pictures',
            'warning: .*left out: split', 'warning: .*are numbers: 3;',
            'warning: .*of one picture: 3;',
            'warning: .*every picture has the class dog,'):
        assert re.search(line.replace('(', r'\(').replace(')', r'\)'), said)


@pytest.mark.parametrize(('options', 'classes'), [
    (dict(merge_names=True), 'Dog\ncat\n'),
    (dict(merge_names=True, classes_file='dog\ncat\n'), 'dog\ncat\n'),
    (dict(classes_file='Dog\ndog\ncat\n'), 'Dog\ndog\ncat\n'),
])
def test_twins_are_asked_about(
        tmp_path: Path, capsys: pytest.CaptureFixture, options: dict,
        classes: str) -> None:
    folder = small(tmp_path / 'p', *(f'{n}.jpg' for n in range(9)))
    tags = tmp_path / 'tags.csv'
    tags.write_text('\n'.join(
        f'{n},{("Dog", "cat", ("Dog", "dog")[n == 8])[n % 3]}'
        for n in range(9)))
    with pytest.raises(InputError, match="'Dog' and 'dog' may be one class.*"
                       '--merge-names'):
        prepare(folder, tags, tmp_path / 'out')
    assert not (tmp_path / 'out').exists()
    if 'classes_file' in options:
        (tmp_path / 'names').write_text(options['classes_file'])
        options['classes_file'] = tmp_path / 'names'
    prepare(folder, tags, tmp_path / 'out', **options)
    assert (tmp_path / 'out/classes.txt').read_text() == classes
    assert ('is taken for' in capsys.readouterr().out) == (
        'merge_names' in options)


NAMES_ON_DISK = ('IMG.jpg.jpg', 'cafe\u0301.jpg', 'a b/v1.2.JPG', 'c,d.jpg',
                 'e\\f.jpg', "it's.jpeg")


def test_any_name_is_written_as_it_is_read(tmp_path: Path) -> None:
    folder = small(tmp_path / 'p', *NAMES_ON_DISK, '.hidden.jpg',
                   '__MACOSX/._c.jpg')
    content = {name.replace('e\u0301', '\xe9'): ['x', 'yz'[number % 2]]
               for number, name in enumerate(NAMES_ON_DISK)}
    (tmp_path / 'tags.json').write_text(json.dumps(content))
    prepare(folder, tmp_path / 'tags.json', tmp_path / 'out')
    report = apis.check_data(tmp_path / 'out', workers=1)
    assert report.errors == []
    assert sum(report.images.values()) == len(NAMES_ON_DISK)


@pytest.mark.parametrize(('names', 'lines', 'problem'), [
    (['a.jpg', 'a.jpg.jpg', 'b.jpg'], 'a,cat\nb,cat\n',
     'a.jpg, is the name of another picture'),
    (['a\nb.jpg'], 'a,cat', r'a\\x0ab.jpg: its name has a line break'),
    (['a .jpg'], 'a,cat', "'a ' begins or ends with a blank"),
    ([' a/b.jpg'], 'a,cat', "' a/b' begins or ends with a blank"),
    (['a.jpg', 'b.jpg', 'c.jpg'], 'a,background\nb,cat\nc,cat\n',
     "'background' is no class"),
    (['a.jpg', 'b.jpg'], 'a,cat\nb,dog\n', 'can be spared for validation'),
    (['a.jpg', 'b.jpg', 'c.jpg'], 'a,\nb,\nc,\n',
     'of any of 3 pictures; and show none of the classes'),
])
def test_nothing_is_written_before_all_is_read(
        tmp_path: Path, names: list[str], lines: str, problem: str) -> None:
    folder = small(tmp_path / 'p', *names)
    (tmp_path / 'tags.csv').write_text(lines)
    with pytest.raises(InputError, match=problem):
        prepare(folder, tmp_path / 'tags.csv', tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


def test_a_pipe_among_the_pictures_is_refused(pictures: Path) -> None:
    os.mkfifo(pictures / 'x.jpg')
    with pytest.raises(InputError, match='x.jpg: no regular file'):
        prepared(pictures)


@pytest.mark.parametrize('link', ['copy', 'hard'])
def test_a_folder_without_a_picture_is_taken_away(
        pictures: Path, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    def failing(*paths: Path) -> None:
        raise OSError(18, 'Invalid cross-device link', str(paths[1]))

    monkeypatch.setattr(module, 'copy_file', failing)
    monkeypatch.setattr(module.os, 'link', failing)
    with pytest.raises(InputError, match='cross-device'):
        prepared(pictures, link=link)
    assert not pictures.with_name('out').exists()


def test_room_is_looked_for_first(
        pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, 'disk_usage', lambda path: Mock(free=9))
    with pytest.raises(InputError, match='pictures take .* MiB, 0 are free'):
        prepared(pictures)
    assert not pictures.with_name('out').exists()


def test_copies_are_no_pictures(pictures: Path) -> None:
    with pytest.raises(InputError, match='lies in the folder of the pictures'):
        prepare(pictures, pictures.with_name('tags.csv'), pictures / 'out')


def test_a_class_twice_in_a_line_counts_once(tmp_path: Path) -> None:
    """Two training images of each class are left, not one twice."""
    folder = small(tmp_path / 'p', *(f'{n}.jpg' for n in range(6)))
    (tmp_path / 'tags.csv').write_text(
        '0,cat,cat\n1,cat,cat\n' + ''.join(f'{n},dog\n' for n in range(2, 6)))
    prepare(folder, tmp_path / 'tags.csv', tmp_path / 'out', val_share=0.9)
    assert {'0', '1'} <= {*lists(tmp_path / 'out')['train']}


@pytest.mark.parametrize(('options', 'irnet', 'others', 'best'), [
    (('--config', 'msrc14/pipeline.py'),
     'msrc14/irnet_squeezenet_msrc14.py', {'cam'}, 'comnet'),
    ((), 'lite0/irnet_lite0.py', {'cam', 'comnet'}, 'pixel')])
def test_config_takes_the_packages_networks(
        pictures: Path, tmp_path: Path, options: tuple,
        irnet: str, others: set[str], best: str) -> None:
    made = run_tool('dataset_converters/prepare.py', pictures,
                    tmp_path / 'tags.csv', tmp_path / 'out', *options)
    assert made.code == 0, made.err
    moved = (tmp_path / 'out').rename(tmp_path / 'moved')
    methods = read_methods(moved / 'pipeline.py')
    assert {*methods} == {*others, best}
    method = methods[best]
    assert method.settings['data_root'] == str(moved)
    assert method.settings['labels'] == 'labels.csv'
    assert Path(method.steps['irnet'].config) == ROOT / 'configs' / irnet
    assert [name for name, each in methods.items() if each.by_default] == [
        best]  # the others are for comparison


def test_second_call_ends_with_what_comes_next(
        pictures: Path, tmp_path: Path) -> None:
    lines = []
    for _ in range(2):
        run = run_tool('dataset_converters/prepare.py', pictures,
                       tmp_path / 'tags.csv', tmp_path / 'out')
        lines.append(run.out.splitlines()[-1])
    assert lines[0] == lines[1]
    assert lines[0].endswith(f'next: comnet pipeline {tmp_path}/out/pipeline'
                             '.py --work-dir work_dirs/out')


def test_all_steps_without_any_mask(pictures: Path, tmp_path: Path) -> None:
    """Metrics are absent then, not an error."""
    out = prepared(pictures, config='demo/pipeline.py')
    write_configs(tmp_path / 'configs', out)
    results = run_pipeline(
        tmp_path / 'configs/pipeline.py', tmp_path / 'work',
        dict(labels='labels.csv'), num_pictures=6)['comnet']
    assert [results[step].get('mIoU') for step in (
        'cam', 'pseudo', 'evaluation')] == [None] * 3
    assert results['evaluation'] == dict(num_images=0)
    masks = tmp_path / 'work/comnet/evaluation/masks'
    pseudo = tmp_path / 'work/comnet/pseudo/masks'
    for folder, split in ((pseudo, 'train'), (masks, 'val')):
        for image_id in lists(out)[split]:
            number = int(image_id.rpartition('/')[2])
            size = (96, 72) if number % 6 == 0 else (72, 96)  # upright
            assert load_mask(folder / f'{image_id}.png').shape == size
    page = (tmp_path / 'work/report.html').read_text()
    assert 'There are no true masks' in page and 'data:image/png' in page


@pytest.fixture
def with_negatives(pictures: Path) -> Path:
    """Return the pictures, of which five show no class and one has no line."""
    tags = pictures.with_name('tags.csv')
    header, *lines = tags.read_text().split('\n')
    tags.write_text('\n'.join([header, *(
        f'{line.split(",")[0]},' for line in lines[:5]), *lines[5:-1]]))
    return pictures


@pytest.mark.parametrize(('negatives', 'kept', 'said'), [
    (None, 18, '5 pictures show none of the classes and are left out '
     '(--negatives listed keeps them)'),
    ('listed', 23, '5 pictures show none of the classes and are kept'),
    ('all', 24, '6 pictures show none of the classes and are kept')])
def test_negatives_are_kept_where_asked_for(
        with_negatives: Path, capsys: pytest.CaptureFixture,
        negatives: str | None, kept: int, said: str) -> None:
    out = prepared(with_negatives, negatives=negatives)
    output = capsys.readouterr().out
    assert said in output
    assert ('1 pictures without a label are left out' in output) == (
        negatives != 'all')
    assert sum(map(len, lists(out).values())) == kept
    report = apis.check_data(out, workers=1)
    assert report.errors == []
    assert sum(report.negatives.values()) == max(0, kept - 18)
    assert ('none of them' in report.table()) == (kept > 18)
    told = [each.text for each in report.warnings]
    assert len(told) == (kept > 18)
    assert all('show none of the classes and are learnt' in each
               for each in told)


def test_negatives_go_the_whole_way(
        with_negatives: Path, tmp_path: Path) -> None:
    """Their CAMs hold no map, their masks nothing but background."""
    out = prepared(with_negatives, config='demo/pipeline.py',
                   negatives='listed')
    write_configs(tmp_path / 'configs', out)
    run_pipeline(tmp_path / 'configs/pipeline.py', tmp_path / 'work',
                 dict(labels='labels.csv'), num_pictures=6)
    rows = dict(row.split(',', 1) for row in (
        out / 'labels.csv').read_text().splitlines()[1:])
    none = [name for name in lists(out)['train'] if not rows[name]]
    assert none
    work = tmp_path / 'work/comnet'
    for image_id in none:
        cams = CAMFile.load(work / f'cam/cams/{image_id}.npz')
        assert len(cams.keys) == 0 and cams.scores is not None
        for folder in ('affinity/labels', 'pseudo/masks'):
            assert not load_mask(work / folder / f'{image_id}.png').any()

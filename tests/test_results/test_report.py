# Copyright (c) COMNet contributors. All rights reserved.
"""The report of a folder, whatever is there."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.pages import Page, check_page
from helpers.run_files import STEPS, run_of
from helpers.tiny import METHOD, TRAIN_IDS
from PIL import Image

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask, read_classes
from comnet.evaluation import picture_iou
from comnet.results import (
    RunFile,
    StepEntry,
    read_curves,
    read_records,
    write_report,
)
from comnet.steps import Measure
from comnet.utils import InputError
from comnet.utils.record import Record

NAMES = list(STEPS)


@pytest.fixture
def work(whole_way: Path, tmp_path: Path) -> Path:
    """Return a workspace with one finished method."""
    shutil.copytree(whole_way, tmp_path / 'work')
    return tmp_path / 'work'


def page_of(work: Path, **options: object) -> Page:
    path = write_report(work, **options)
    assert path == work / 'report.html'
    return check_page(path.read_text(encoding='utf-8'))


def folder_of(work: Path, step: str) -> Path:
    return RunFile.read(work).folder(work, METHOD, step)


def without_truth(data_root: Path, target: Path) -> Path:
    return shutil.copytree(
        data_root, target, ignore=lambda folder, names: {'SegmentationClass'})


def test_finished_run_shows_everything(work: Path, demo_root: Path) -> None:
    page = page_of(work)
    for title in ('Results', 'Pictures', 'Classes', 'Trainings',
                  'Time and memory', 'Settings', 'Training images',
                  'Validation images', 'Highest IoU of comnet'):
        assert title in page.text, title
    # 12 and 4 images with a truth, CAM, M* and pseudo mask, or segmentation
    assert len(page.all('article')) == 16
    assert len(page.all('img')) == 12 * 5 + 4 * 3
    for name in read_classes(demo_root):
        assert name in page.text


def test_segmented_photographs_stand_on_top(
        work: Path, demo_root: Path) -> None:
    assert page_of(work).all('section')[0]['id'] == 'results'
    folder = work / 'photos/overlays/more'
    folder.mkdir(parents=True)
    for name in ('cat', 'dog'):
        shutil.copy(demo_root / 'JPEGImages/val_00000.jpg',
                    folder / f'{name}.jpg')
    page = page_of(work)
    assert page.all('section')[0]['id'] == 'photos'
    assert [image['alt'] for image in page.all('img')[:2]] == [
        'cat below its mask', 'dog below its mask']


def test_iou_of_a_picture_is_that_of_its_files(
        work: Path, demo_root: Path) -> None:
    name = TRAIN_IDS[4]
    truth = load_mask(demo_root / f'SegmentationClass/{name}.png')
    labels = len(read_classes(demo_root)) + 1
    mask = load_mask(folder_of(work, 'pseudo') / f'{name}.png')
    file = CAMFile.load(folder_of(work, 'cam') / f'{name}.npz')
    threshold = read_records(work)[METHOD]['cam'].results['cam/threshold']
    scores = np.full((labels, *truth.shape), threshold)
    scores[1:] = -1
    scores[file.keys + 1] = file.full_size()
    expected = [picture_iou(found, truth, labels)
                for found in (scores.argmax(axis=0), mask)]
    text = page_of(work).text
    row = text[text.index(name):][:2000]
    told = [float(part.split()[0]) for part in row.split('IoU ')[1:3]]
    assert told == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize('number, train, val', [(6, 3, 3), (10, 6, 4)])
def test_pictures_are_of_both_splits(
        work: Path, number: int, train: int, val: int) -> None:
    page = page_of(work, num_pictures=number)
    names = [attrs['aria-label'] for attrs in page.all('article')]
    assert len(names) == len(set(names)) == number
    assert sum(name.startswith('train_') for name in names) == train
    assert sum(name.startswith('val_') for name in names) == val


def test_two_methods_stand_side_by_side(
        work: Path, demo_root: Path) -> None:
    shutil.copytree(work / METHOD, work / 'plain')
    run_of(['plain', METHOD], demo_root).write(work)
    page = page_of(work, num_pictures=6)
    assert list(read_records(work)) == ['plain', METHOD]
    assert 'Lowest gain of comnet over plain' in page.text
    assert 'gain +0.0' in page.text
    images = [attrs['alt'] for attrs in page.all('img')]
    assert len(images) == 3 * 8 + 3 * 4
    assert 'CAM: plain' in page.text and 'CAM: comnet' in page.text


def test_step_that_nobody_knows_is_shown(work: Path, demo_root: Path) -> None:
    masks = folder_of(work, 'pseudo')
    shutil.copytree(masks, work / METHOD / 'smooth/found')
    Record(dict(radius=3), {}, finished=True, results=dict(
        mIoU=12.3, num_images=12)).write(work / METHOD / 'smooth')
    RunFile(str(demo_root), {METHOD: {**STEPS, 'smooth': StepEntry(
        'Smoothing', 'smooth', 'found/*.png', Measure(
            'smooth mask', 'train'))}}).write(work)
    page = page_of(work)
    for text in ('smooth mask 12 images of train', 'Smoothing(radius=3)',
                 'Chosen by the smooth masks of 12 images'):
        assert text in page.text, text
    assert len(page.all('img')) == 12 * 6 + 4 * 3
    assert f'smooth mask: {METHOD}' in page.text


def test_data_of_fewer_classes_is_named(
        work: Path, demo_root: Path, tmp_path: Path) -> None:
    root = without_truth(demo_root, tmp_path / 'data')
    (root / 'classes.txt').write_text('fish\n')
    with pytest.raises(InputError, match='but there are 1 in .*data; name'):
        write_report(work, data_root=root)


def test_without_true_masks_there_are_no_numbers(
        work: Path, demo_root: Path, tmp_path: Path) -> None:
    for step in ('cam', 'pseudo', 'evaluation'):
        folder = folder_of(work, step)
        record = json.loads((folder / 'record.json').read_text())
        count = 'cam/num_images' if folder.name == 'cams' else 'num_images'
        (folder / 'record.json').write_text(
            json.dumps({**record, 'results': {count: 0}}))
    page = page_of(
        work, data_root=without_truth(demo_root, tmp_path / 'data'))
    assert len(page.all('img')) == 12 * 4 + 4 * 2
    assert 'Most doubtful' in page.text and 'evenly spread' in page.text
    assert 'There are no true masks' in page.text
    assert 'Of the pseudo masks of comnet on 12 images of train' in page.text
    assert 'IoU' not in page.text.split('Pictures', 1)[1].split(
        'Trainings')[0]


@pytest.mark.parametrize('last', range(len(NAMES)))
def test_run_that_was_cut_shows_what_is_there(work: Path, last: int) -> None:
    for step in NAMES[last + 1:]:
        shutil.rmtree(work / METHOD / step)
    for path in (work / METHOD / NAMES[last]).rglob('record.json'):
        record = json.loads(path.read_text())
        path.write_text(json.dumps(
            {**record, 'finished': False, 'results': {}}))
    page = page_of(work, num_pictures=6)
    assert f'Not finished: {METHOD}: {NAMES[last]}' in page.text
    assert len(page.all('article')) == (6 if NAMES[last] != 'classifier'
                                        else 0)


def test_half_of_the_masks(work: Path) -> None:
    masks = folder_of(work, 'pseudo')
    for name in TRAIN_IDS[2:]:
        (masks / f'{name}.png').unlink()
    (masks / '.left.png.1').write_bytes(b'of a killed process')
    text = page_of(work).text
    assert 'pseudo masks of 2 images' in text
    assert 'More, evenly spread' in text


def test_training_that_was_resumed_is_one_curve(tmp_path: Path) -> None:
    run_of([METHOD]).write(tmp_path)
    folder = tmp_path / METHOD / 'classifier'

    def log(run: str, *lines: str) -> None:
        path = folder / run / 'vis_data/scalars.json'
        path.parent.mkdir(parents=True)
        path.write_text('\n'.join(lines))

    def trained(step: int, loss: float) -> str:
        return json.dumps(dict(lr=0.1, loss=loss, epoch=step // 2, step=step))

    log('20260101_000000', trained(2, 0.9), '{"cam/mIoU": 30.5, "step": 1}',
        trained(4, 0.8), '{"lr": 0.1, "lo')
    log('20260101_000001', trained(4, 0.7), trained(6, 0.6),
        '{"cam/mIoU": 31.5, "cam/threshold": 0.2, "step": 3}')
    curves = read_curves(tmp_path, METHOD)
    assert list(curves) == [('classifier', 'loss'), ('classifier', 'cam/mIoU'),
                            ('classifier', 'lr')]
    loss, miou, _ = curves.values()
    assert (loss.unit, loss.points) == (
        'iteration', [(2, 0.9), (4, 0.7), (6, 0.6)])
    assert (miou.unit, miou.points) == ('epoch', [(1, 30.5), (3, 31.5)])


def test_data_that_is_elsewhere_now(work: Path, tmp_path: Path) -> None:
    run_of([METHOD], tmp_path / 'gone').write(work)
    page = page_of(work)
    assert f"{tmp_path / 'gone'}, where the data lay, is not" in page.text
    assert not page.all('img') and 'Results' in page.text


def test_data_of_other_images(work: Path, tmp_path: Path) -> None:
    (tmp_path / 'other/JPEGImages').mkdir(parents=True)
    page = page_of(work, data_root=tmp_path / 'other')
    assert 'nothing is made yet of the images in' in page.text
    assert not page.all('article')


def test_folder_of_no_pipeline(work: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / 'nowhere', work / METHOD):
        with pytest.raises(InputError, match=f'{folder}: no run.json of a pi'):
            write_report(folder)
    shutil.rmtree(work / METHOD)
    with pytest.raises(InputError, match=f'{work}: no step .* has begun'):
        write_report(work)


@pytest.mark.parametrize('number', [5, 201])
def test_number_of_pictures_has_bounds(work: Path, number: int) -> None:
    with pytest.raises(InputError, match=f'is {number}; give 6 to 200'):
        write_report(work, num_pictures=number)


def test_mask_of_another_size_is_named(work: Path) -> None:
    path = folder_of(work, 'evaluation') / 'masks/val_00000.png'
    shutil.copy(path.with_name('val_00001.png'), path)
    Image.open(path).crop((0, 0, 20, 20)).save(path)
    with pytest.raises(InputError, match=f'{path}: 20 x 20 pixels'):
        write_report(work)

# Copyright (c) COMNet contributors. All rights reserved.
"""The test of a model with its options, and what can be looked at."""

from pathlib import Path

import numpy as np
import pytest
from mmseg.structures import SegDataSample
from mmseg.visualization import SegLocalVisualizer
from tiny import METHOD, TRAIN_IDS
from tool_runner import error_of, run_tool

from comnet.apis import train, write_cams
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.pipeline import Workspace
from comnet.utils.record import Record

# neighbours that dislike each other: no mask stays as it was
CRF = ['test_evaluator.crf.gaussian_compat=-50',
       'test_evaluator.crf.num_steps=1']


@pytest.fixture(scope='module')
def trained(whole_way: Path, tiny_configs: Path) -> list[Path]:
    """Return a segmentor's config and checkpoint."""
    return [tiny_configs / 'segmentor.py',
            Workspace(whole_way).checkpoint(METHOD, 'segmentor')]


def test_crf_by_an_option(trained: list[Path], whole_way: Path,
                          demo_root: Path, tmp_path: Path) -> None:
    run = run_tool('test.py', *trained, '--work-dir', tmp_path, '--tta',
                   '--cfg-options', *CRF, f'data_root={demo_root}')
    assert run.code == 0, run.err
    record = Record.read(tmp_path)
    assert record is not None and record.settings['crf']['num_steps'] == 1
    assert record.settings['tta_model'] == dict(type='AveragedTTAModel')
    assert record.results['num_images'] == 4
    plain = Workspace(whole_way).predicted_masks(METHOD)
    names = sorted(path.name for path in plain.glob('*.png'))
    assert names == sorted(path.name for path in (
        tmp_path / 'masks').iterdir())
    assert not any(
        np.array_equal(load_mask(plain / name),
                       load_mask(tmp_path / 'masks' / name)) for name in names)


def test_crf_takes_averaged_probabilities(
        trained: list[Path], demo_root: Path, tmp_path: Path) -> None:
    assert 'set tta_model.type=AveragedTTAModel' in error_of(
        'test.py', *trained, '--work-dir', tmp_path, '--tta',
        '--cfg-options', *CRF, f'data_root={demo_root}',
        'tta_model.type=SegTTAModel')


def test_masks_are_drawn(trained: list[Path], demo_root: Path,
                         tmp_path: Path) -> None:
    run = run_tool('test.py', *trained, '--work-dir', tmp_path / 'work',
                   '--show-dir', tmp_path / 'show',
                   '--cfg-options', f'data_root={demo_root}')
    assert run.code == 0, run.err
    drawn = sorted((tmp_path / 'show/vis_data/vis_image').iterdir())
    assert [path.name for path in drawn] == [
        f'test_val_{index:05d}.jpg_{index + 1}.png' for index in range(4)]
    # true mask and the one found, side by side
    assert load_image(drawn[0]).shape == (72, 2 * 96, 3)


@pytest.mark.parametrize('tta', [[], ['--tta']])
def test_masks_are_drawn_as_measured(
        trained: list[Path], demo_root: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch, tta: list[str]) -> None:
    shown = {}

    def add_datasample(self: object, name: str, image: np.ndarray,
                       data_sample: SegDataSample, **kwargs: object) -> None:
        shown[name] = image, data_sample

    monkeypatch.setattr(SegLocalVisualizer, 'add_datasample', add_datasample)
    run = run_tool('test.py', *trained, '--work-dir', tmp_path / 'work', *tta,
                   '--show-dir', tmp_path / 'show', '--cfg-options', *CRF,
                   f'data_root={demo_root}')
    assert run.code == 0, run.err
    assert len(shown) == 4
    for name, (image, sample) in shown.items():
        image_id = name.removeprefix('test_').removesuffix('.jpg')
        for drawn, folder in (
                (sample.pred_sem_seg, tmp_path / 'work/masks'),
                (sample.gt_sem_seg, demo_root / 'SegmentationClass')):
            assert np.array_equal(
                drawn.data[0], load_mask(folder / f'{image_id}.png'))
        assert np.array_equal(image, load_image(
            demo_root / f'JPEGImages/{image_id}.jpg'))


def test_cams_are_drawn_though_they_are_done(
        whole_way: Path, tiny_configs: Path, demo_root: Path,
        tmp_path: Path) -> None:
    arguments = [
        tiny_configs / 'classifier.py',
        Workspace(whole_way).checkpoint(METHOD, 'classifier'),
        '--work-dir', tmp_path / 'work', '--cfg-options',
        f'data_root={demo_root}']
    assert run_tool('test.py', *arguments).code == 0
    files = list((tmp_path / 'work/cams').glob('*.npz'))
    run = run_tool('test.py', *arguments[:2], '--show-dir', tmp_path / 'show',
                   *arguments[2:])
    assert run.code == 0, run.err
    drawn = list((tmp_path / 'show/vis_data/vis_image').iterdir())
    assert len(drawn) == len(files) == 12
    for path in drawn:
        image_id = path.name.split('.')[0].removeprefix('test_')
        file = CAMFile.load(tmp_path / f'work/cams/{image_id}.npz')
        assert load_image(path).shape[1] == 96 * (1 + len(file.keys))


def test_tensorboard_shows_cams(whole_way: Path, tiny_configs: Path,
                                demo_root: Path, tmp_path: Path) -> None:
    events = pytest.importorskip(
        'tensorboard.backend.event_processing.event_accumulator',
        reason='no package tensorboard')
    results = write_cams(
        tiny_configs / 'classifier.py',
        Workspace(whole_way).checkpoint(METHOD, 'classifier'),
        tmp_path / 'cams', {
            'data_root': str(demo_root), 'visualizer.vis_backends': [
                dict(type='LocalVisBackend'),
                dict(type='TensorboardVisBackend')]})
    folder, = tmp_path.glob('*/vis_data')
    shown = events.EventAccumulator(str(folder), {'images': 0}).Reload()
    assert {each.step: round(each.value, 2)
            for each in shown.Scalars('cam/sweep')} == {
        round(100 * float(threshold)): value
        for threshold, value in results['cam/sweep'].items()}
    assert shown.Tags()['images'] == [f'cam_{name}' for name in TRAIN_IDS]
    for name in TRAIN_IDS:
        picture, = shown.Images(f'cam_{name}')
        file = CAMFile.load(tmp_path / f'cams/{name}.npz')
        # the picture and a map a class
        assert picture.width == 96 * (1 + len(file.keys))
        assert load_image(folder / f'vis_image/cam_{name}_0.png'
                          ).shape[:2] == (picture.height, picture.width)


@pytest.mark.parametrize('network', ['classifier', 'irnet', 'segmentor'])
def test_tensorboard_in_one_setting(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        network: str) -> None:
    events = pytest.importorskip(
        'tensorboard.backend.event_processing.event_accumulator',
        reason='no package tensorboard')
    options = {
        'data_root': str(demo_root), 'pretrained': None,
        'default_hooks.logger.interval': 1,
        'visualizer.vis_backends.0.type': 'TensorboardVisBackend'}
    if network != 'classifier':
        options['train_dataloader.dataset.seg_map_dir'] = 'SegmentationClass'
    train(tiny_configs / f'{network}.py', tmp_path, options, validate=False)
    folder, = tmp_path.glob('*/vis_data')
    scalars = events.EventAccumulator(str(folder)).Reload()
    losses = scalars.Scalars('loss')
    assert losses and all(np.isfinite(each.value) for each in losses)

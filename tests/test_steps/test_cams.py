# Copyright (c) COMNet contributors. All rights reserved.
"""CAMs of a trained classifier: gone on with, drawn, shown."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import TRAIN_IDS, cams_of, checkpoint_of

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image
from comnet.steps import CAMs
from comnet.utils import InputError
from comnet.utils.record import Record


@pytest.fixture
def step(whole_way: Path, tiny_configs: Path, demo_root: Path,
         tmp_path: Path) -> CAMs:
    """Return one whose files are all there."""
    shutil.copytree(cams_of(whole_way), tmp_path / 'cams')
    return CAMs(tiny_configs / 'classifier.py',
                checkpoint_of(whole_way, 'classifier'), tmp_path / 'cams',
                dict(data_root=str(demo_root)))


def times(step: CAMs) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in step.folder.iterdir()}


def test_file_that_is_missing_is_made_again(step: CAMs) -> None:
    before = times(step)
    record = Record.read(step.folder)
    assert record is not None
    assert step.run() == record.results
    assert times(step) == before  # the record too

    gone = step.folder / f'{TRAIN_IDS[3]}.npz'
    expected = CAMFile.load(gone)
    gone.unlink()
    assert step.missing() == step.todo() == [TRAIN_IDS[3]]
    assert step.run() == record.results
    after = times(step)
    assert {path.name for path in before if after[path] != before[path]} == {
        gone.name, 'record.json'}
    made = CAMFile.load(gone)
    assert made.keys.tolist() == expected.keys.tolist()
    np.testing.assert_allclose(made.cam, expected.cam, atol=2e-3)


def test_record_holds_what_the_maps_depend_on(step: CAMs) -> None:
    record = Record.read(step.folder)
    assert record is not None and record.kind == 'CAMs'
    assert record.settings['cam'] == dict(scales=[1.0])  # no out_dir
    other = replace(step, options=dict(step.options, **{
        'default_hooks.cam.scales': (1.0, 0.5)}))
    with pytest.raises(InputError, match=r'cam.scales \[1.0\] -> \[1.0, 0.5'):
        other.run()


def test_cams_are_drawn_though_they_are_done(
        step: CAMs, tmp_path: Path) -> None:
    before = {path: when for path, when in times(step).items()
              if path.suffix == '.npz'}
    replace(step, show_dir=tmp_path / 'show').run()
    assert before == {path: times(step)[path] for path in before}
    drawn = list((tmp_path / 'show/vis_data/vis_image').iterdir())
    assert len(drawn) == len(before) == 12
    for path in drawn:
        image_id = path.name.split('.')[0].removeprefix('test_')
        file = CAMFile.load(step.folder / f'{image_id}.npz')
        assert load_image(path).shape[1] == 96 * (1 + len(file.keys))


def test_tensorboard_shows_cams(step: CAMs, tmp_path: Path) -> None:
    events = pytest.importorskip(
        'tensorboard.backend.event_processing.event_accumulator',
        reason='no package tensorboard')
    results = replace(step, out_dir=tmp_path / 'shown/cams', options={
        **step.options, 'visualizer.vis_backends': [
            dict(type='LocalVisBackend'),
            dict(type='TensorboardVisBackend')]}).run()
    folder, = tmp_path.glob('shown/*/vis_data')
    shown = events.EventAccumulator(str(folder), {'images': 0}).Reload()
    assert {each.step: round(each.value, 2)
            for each in shown.Scalars('cam/sweep')} == {
        round(100 * float(threshold)): value
        for threshold, value in results['cam/sweep'].items()}
    assert shown.Tags()['images'] == [f'cam_{name}' for name in TRAIN_IDS]
    for name in TRAIN_IDS:
        picture, = shown.Images(f'cam_{name}')
        file = CAMFile.load(tmp_path / f'shown/cams/{name}.npz')
        # the picture and a map a class
        assert picture.width == 96 * (1 + len(file.keys))
        assert load_image(folder / f'vis_image/cam_{name}_0.png'
                          ).shape[:2] == (picture.height, picture.width)

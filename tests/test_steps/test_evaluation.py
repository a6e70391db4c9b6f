# Copyright (c) COMNet contributors. All rights reserved.
"""The test of a segmentor: augmented, refined, drawn."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import checkpoint_of, predictions_of
from mmseg.structures import SegDataSample
from mmseg.visualization import SegLocalVisualizer

from comnet.datasets.voc_folder import load_image, load_mask
from comnet.registry import STEPS
from comnet.steps import Evaluation
from comnet.utils import InputError
from comnet.utils.record import Record

IDS = [f'val_{index:05d}' for index in range(4)]
# neighbours that dislike each other: no mask stays as it was
CRF = dict(type='DeepLabCRF', gaussian_compat=-50, num_steps=1)


@pytest.fixture
def step(whole_way: Path, tiny_configs: Path, demo_root: Path,
         tmp_path: Path) -> Evaluation:
    return Evaluation(
        tiny_configs / 'segmentor.py', checkpoint_of(whole_way, 'segmentor'),
        tmp_path / 'work', dict(data_root=str(demo_root)))


def test_refined_and_augmented(step: Evaluation, whole_way: Path) -> None:
    replace(step, tta=True, refine=CRF).run()
    record = Record.read(step.folder)
    assert record is not None and record.kind == 'Evaluation'
    assert record.settings['refine']['num_steps'] == 1
    assert record.settings['tta_model'] == dict(type='AveragedTTAModel')
    assert record.results['num_images'] == 4
    assert [*record.inputs] == ['checkpoint', 'images', 'masks']
    plain, refined = predictions_of(whole_way), step.folder / 'masks'
    assert sorted(path.stem for path in refined.iterdir()) == IDS
    assert not any(np.array_equal(
        load_mask(plain / f'{image_id}.png'),
        load_mask(refined / f'{image_id}.png')) for image_id in IDS)


def test_refiner_of_the_config_is_the_same(step: Evaluation) -> None:
    named = replace(step, options=dict(step.options, **{
        f'test_evaluator.refine.{key}': value for key, value in CRF.items()}))
    assert named.record() == replace(step, refine=CRF).record()
    assert 'refine' not in step.record().settings


def test_refiner_takes_averaged_probabilities(step: Evaluation) -> None:
    with pytest.raises(InputError, match='set tta_model.type=AveragedTTAMo'):
        replace(step, tta=True, refine=CRF, options=dict(step.options, **{
            'tta_model.type': 'SegTTAModel'})).run()


@pytest.mark.parametrize('settings, problem', [
    (dict(refine='labels'), "refine.type is 'labels'; there are DeepLabCRF"),
    (dict(refin='PAR'), 'evaluation.refin: no such setting; there are conf')])
def test_settings_without_a_meaning(settings: dict, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        STEPS.build(dict(settings, type='Evaluation', config='c',
                         checkpoint='w', out_dir='o'), 'evaluation')


def test_masks_are_drawn(step: Evaluation, tmp_path: Path) -> None:
    replace(step, show_dir=tmp_path / 'show').run()
    drawn = sorted((tmp_path / 'show/vis_data/vis_image').iterdir())
    assert [path.name for path in drawn] == [
        f'test_{image_id}.jpg_{index + 1}.png'
        for index, image_id in enumerate(IDS)]
    # true mask and the one found, side by side
    assert load_image(drawn[0]).shape == (72, 2 * 96, 3)


@pytest.mark.parametrize('tta', [False, True])
def test_masks_are_drawn_as_measured(
        step: Evaluation, demo_root: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch, tta: bool) -> None:
    shown = {}

    def add_datasample(self: object, name: str, image: np.ndarray,
                       data_sample: SegDataSample, **kwargs: object) -> None:
        shown[name] = image, data_sample

    monkeypatch.setattr(SegLocalVisualizer, 'add_datasample', add_datasample)
    replace(step, tta=tta, refine=CRF, show_dir=tmp_path / 'show').run()
    assert len(shown) == 4
    for name, (image, sample) in shown.items():
        image_id = name.removeprefix('test_').removesuffix('.jpg')
        for drawn, folder in (
                (sample.pred_sem_seg, step.folder / 'masks'),
                (sample.gt_sem_seg, demo_root / 'SegmentationClass')):
            assert np.array_equal(
                drawn.data[0], load_mask(folder / f'{image_id}.png'))
        assert np.array_equal(image, load_image(
            demo_root / f'JPEGImages/{image_id}.jpg'))


def test_record_of_a_training_is_left_alone(
        step: Evaluation, whole_way: Path) -> None:
    Record({}, {}, kind='Training').write(step.folder)
    with pytest.raises(InputError, match='holds something else than a test'):
        step.run()
    record = Record.read(step.folder)
    assert record is not None and record.kind == 'Training'

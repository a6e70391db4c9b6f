# Copyright (c) COMNet contributors. All rights reserved.
"""What makes which steps stale: a table of changes."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import (
    METHOD,
    STEPS,
    cams_of,
    checkpoint_of,
    labels_of,
    masks_of,
)
from PIL import Image

from comnet.datasets.voc_folder import save_mask
from comnet.pipeline import Method, plan, read_methods
from comnet.utils.record import Record

NONE = ()
ALL = STEPS
FROM_CAM, FROM_AFFINITY = STEPS[1:], STEPS[2:]
FROM_IRNET, FROM_PSEUDO, FROM_SEGMENTOR = STEPS[3:], STEPS[4:], STEPS[5:]
EVALUATION = STEPS[6:]


@dataclass
class Scene:
    """A finished pipeline, its configs and data, to be changed."""
    root: Path  # holds work, configs and data
    options: dict = field(default_factory=dict)
    seed: int = 0

    @property
    def data(self) -> Path:
        return self.root / 'data'

    def method(self) -> Method:
        return read_methods(
            self.root / 'configs/pipeline.py',
            {'data_root': str(self.data), **self.options},
            self.root / 'work', self.seed)[METHOD]

    def stale(self) -> dict[str, list[str]]:
        return {one.name: one.reasons for one in plan(self.method())
                if one.state != 'done'}

    def append(self, config: str, text: str) -> None:
        path = self.root / f'configs/{config}.py'
        path.write_text(path.read_text() + text)


@pytest.fixture
def scene(whole_way: Path, tiny_configs: Path, demo_root: Path,
          tmp_path: Path) -> Scene:
    for source, name in ((whole_way, 'work'), (tiny_configs, 'configs'),
                         (demo_root, 'data')):
        shutil.copytree(source, tmp_path / name)
    return Scene(tmp_path)


def option(key: str, value: object) -> Callable[[Scene], None]:
    return lambda scene: scene.options.update({key: value})


def config(name: str, text: str) -> Callable[[Scene], None]:
    return lambda scene: scene.append(name, text)


def retrain(step: str) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        path = checkpoint_of(scene.root / 'work', step)
        content = torch.load(path, weights_only=False)
        next(iter(content['state_dict'].values())).add_(1)
        torch.save(content, path)
    return change


def relabel(scene: Scene) -> None:
    path = scene.data / 'Annotations/train_00003.xml'
    path.write_text('<annotation><object><name>fish</name></object>'
                    '</annotation>')


def replace_image(scene: Scene) -> None:
    image = np.zeros((72, 96, 3), dtype=np.uint8)
    Image.fromarray(image).save(scene.data / 'JPEGImages/train_00003.jpg')


def shorten(split: str) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        path = scene.data / f'ImageSets/Segmentation/{split}.txt'
        path.write_text('\n'.join(path.read_text().split()[:-1]))
    return change


def repaint(scene: Scene) -> None:
    save_mask(scene.data / 'SegmentationClass/val_00000.png',
              np.zeros((72, 96)))


def rename_list(scene: Scene) -> None:
    folder = scene.data / 'ImageSets/Segmentation'
    (folder / 'train.txt').rename(folder / 'mine.txt')
    scene.options['train_list'] = 'ImageSets/Segmentation/mine.txt'


def move(scene: Scene) -> None:
    moved = scene.root.with_name('moved')
    scene.root.rename(moved)
    scene.root = moved


def touch(scene: Scene) -> None:
    for number, path in enumerate(sorted(scene.root.rglob('*'))):
        os.utime(path, (number, number))


def relative(scene: Scene) -> None:
    os.chdir(scene.root)
    scene.root = Path('.')


def seed(scene: Scene) -> None:
    scene.seed = 1


def correct(scene: Scene) -> None:
    """Put a mask beside the pictures, and name its folder."""
    save_mask(scene.data / 'corrected/train_00003.png', np.ones((72, 96)))
    scene.options['corrected_dir'] = 'corrected'


CHANGES = [
    ('nothing', lambda scene: None, NONE, ''),
    # settings of the steps
    ('threshold of the walk', option('pseudo.bg_threshold', 0.24),
     FROM_PSEUDO, 'bg_threshold 0.25 -> 0.24'),
    ('length of the walk', option('pseudo.num_steps', 8), FROM_PSEUDO,
     'num_steps 16 -> 8'),
    ('threshold of the labels', option('affinity.fg_threshold', 0.4),
     FROM_AFFINITY, 'fg_threshold 0.3 -> 0.4'),
    ('test-time augmentation', option('evaluation.tta', True), EVALUATION,
     'tta_model.type unset -> AveragedTTAModel'),
    ('CRF behind the segmentor', option('evaluation.refine', 'DeepLabCRF'),
     EVALUATION, 'refine.bilateral_compat unset -> 4'),
    ('PAR behind the segmentor', option('evaluation.refine', 'PAR'),
     EVALUATION, 'refine.'),
    ('PAR of the labels', option('affinity.refine', 'PAR'), FROM_AFFINITY,
     'refine DenseCRF -> PAR'),
    ('PAR of the masks', option('pseudo.refine', 'PAR'), FROM_PSEUDO,
     'refine DenseCRF -> PAR'),
    ('seed', seed, ALL, 'randomness.seed 0 -> 1'),
    # settings of the networks
    ('schedule of the classifier',
     config('classifier', 'train_cfg = dict(max_epochs=2)\n'), ALL,
     'train_cfg.max_epochs 1 -> 2'),
    ('scales of the CAMs', config('classifier', '''
default_hooks = dict(cam=dict(scales=(1.0, 0.5)))
'''), FROM_CAM, r'cam.scales [1.0] -> [1.0, 0.5]'),
    ('rate of the IRNet',
     config('irnet', 'optim_wrapper = dict(optimizer=dict(lr=0.1))\n'),
     FROM_IRNET, 'optim_wrapper.optimizer.lr 0.05 -> 0.1'),
    ('length of the segmentor\'s training',
     config('segmentor', 'train_cfg = dict(max_iters=4)\n'), FROM_SEGMENTOR,
     'train_cfg.max_iters 2 -> 4'),
    ('reading with more processes',
     config('irnet', 'predict_dataloader = dict(num_workers=1)\n'), NONE, ''),
    ('option of the classifier',
     option('methods.comnet.classifier.options', {'model.neck.0.alpha': 2}),
     ALL, 'model.neck.0.alpha 1.5 -> 2'),
    ('option of the IRNet',
     option('irnet.options', {'train_dataloader.batch_size': 3}),
     FROM_IRNET, 'train_dataloader.batch_size 6 -> 3'),
    # inputs
    ('label of an image', relabel, ALL, 'other images (labels)'),
    ('image', replace_image, ALL, 'other images (files)'),
    ('one training image less', shorten('train'), ALL, 'other images (list'),
    ('one validation image less', shorten('val'), EVALUATION, 'other images'),
    ('true mask of a validation image', repaint, EVALUATION, 'other masks'),
    ('classifier trained anew', retrain('classifier'), FROM_CAM,
     'other checkpoint'),
    ('IRNet trained anew', retrain('irnet'), FROM_PSEUDO, 'other checkpoint'),
    ('corrected mask', correct, FROM_AFFINITY, 'other corrected'),
    # where things are, and how they are run
    ('folders moved', move, NONE, ''),
    ('relative folders', relative, NONE, ''),
    ('files copied without their times', touch, NONE, ''),
    ('list of another name', rename_list, NONE, ''),
]


@pytest.mark.parametrize('change, stale, reason', [
    pytest.param(change, stale, reason, id=name)
    for name, change, stale, reason in CHANGES])
def test_stale_steps(scene: Scene, change: Callable[[Scene], None],
                     stale: tuple[str, ...], reason: str,
                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scene.root)
    change(scene)
    found = scene.stale()
    assert tuple(found) == stale
    if stale:
        assert any(text.startswith(reason) for text in found[stale[0]]), found
        for name in stale[1:]:
            assert found[name], 'it says why'


def test_steps_whose_folders_are_gone_are_new(scene: Scene) -> None:
    method = scene.method()
    for step in STEPS[4:]:
        shutil.rmtree(method.folder(step))
    states = {one.name: one.state for one in plan(method)}
    assert states == {**dict.fromkeys(STEPS[:4], 'done'),
                      **dict.fromkeys(STEPS[4:], 'new')}


@pytest.mark.parametrize('step, folder_of', [
    ('cam', cams_of), ('affinity', labels_of), ('pseudo', masks_of)])
def test_step_that_lost_a_file_is_unfinished(
        scene: Scene, step: str, folder_of: Callable[[Path], Path]) -> None:
    """What was made of its files before is as good as it was."""
    lost, = folder_of(scene.root / 'work').glob('train_00003.*')
    lost.unlink()
    states = {one.name: one.state for one in plan(scene.method())}
    assert states == {**dict.fromkeys(STEPS, 'done'), step: 'unfinished'}


def test_what_follows_an_unfinished_training_is_stale(scene: Scene) -> None:
    folder = scene.method().folder('irnet')
    record = Record.read(folder)
    assert record is not None
    record.finished = False
    record.write(folder)
    states = {one.name: one.state for one in plan(scene.method())}
    assert states == {**dict.fromkeys(STEPS[:3], 'done'),
                      'irnet': 'unfinished',
                      **dict.fromkeys(STEPS[4:], 'stale')}


def test_folder_of_unknown_origin_is_stale(scene: Scene) -> None:
    folder = masks_of(scene.root / 'work')
    (folder / 'record.json').unlink()
    found = scene.stale()
    assert tuple(found) == FROM_PSEUDO
    assert 'unknown origin' in found['pseudo'][0]


def test_methods_without_irnet_or_with_cams_of_others(scene: Scene) -> None:
    methods = read_methods(scene.root / 'configs/pipeline.py', {
        'methods.crf.classifier': 'classifier.py',
        'methods.crf.affinity': None,
        'methods.crf.irnet': None,
        'methods.crf.pseudo': dict(type='CAMMasks'),
        'methods.theirs.classifier': None,
        'methods.theirs.cam': dict(
            type='ImportedCAMs', source=str(scene.data)),
        'methods.theirs.irnet': dict(start=None),
        'methods.theirs.segmentor': None,
        'methods.theirs.evaluation': None})
    names = {name: list(method.steps) for name, method in methods.items()}
    assert names == dict(
        comnet=list(STEPS),
        crf=['classifier', 'cam', 'pseudo', 'segmentor', 'evaluation'],
        theirs=['cam', 'affinity', 'irnet', 'pseudo'])

# Copyright (c) COMNet contributors. All rights reserved.
"""The step Directions, and CAMs that are made with it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import METHOD, TRAIN_IDS, checkpoint_of
from torch.nn import functional as F

from comnet.apis import CAMInferencer
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.directions_file import DirectionsFile
from comnet.datasets.image_labels import ANNOTATIONS, read_labels
from comnet.datasets.voc_folder import load_image, read_classes
from comnet.engine.model import load_trained
from comnet.ops import matching_vector
from comnet.pipeline import Method, read_methods, run_steps
from comnet.steps import CAMs, Directions
from comnet.utils import InputError

CLASSWIDE = '''
_base_ = 'classifier.py'
data_root = '{data_root}'
strengthen = dict(type='ClassMatching', alpha=8)
mean = dict(type='IntraMatching', in_channels=None, num_neighbors=8,
            reduce='mean', keep_scale=False)
default_hooks = dict(cam=dict(necks=[strengthen, mean]))
'''
NECK = 'default_hooks.cam.necks.0.directions'


@pytest.fixture(scope='module')
def config(tiny_configs: Path, demo_root: Path) -> Path:
    """Return the config of class-wide matching."""
    path = tiny_configs / 'classwide.py'
    path.write_text(CLASSWIDE.replace('{data_root}', str(demo_root)))
    return path


@pytest.fixture(scope='module')
def checkpoint(whole_way: Path) -> Path:
    return checkpoint_of(whole_way, 'classifier')


@pytest.fixture(scope='module')
def folder(config: Path, checkpoint: Path,
           tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the step has filled."""
    out = tmp_path_factory.mktemp('step') / 'directions'
    Directions(config, checkpoint, out).run()
    return out


def test_are_those_of_all_positions(
        config: Path, checkpoint: Path, demo_root: Path,
        folder: Path) -> None:
    """Of every other one, that is, without projection: c is below 512."""
    _, model, classes = load_trained(config, checkpoint)
    found = DirectionsFile.load(folder)
    assert found.classes == list(classes)
    labels = read_labels(demo_root, TRAIN_IDS, classes, ANNOTATIONS)
    positions: list[list[torch.Tensor]] = [[] for _ in classes]
    for image_id, shown in zip(TRAIN_IDS, labels, strict=True):
        image = load_image(demo_root / f'JPEGImages/{image_id}.jpg')
        inputs = torch.from_numpy(image[..., ::-1].copy()).permute(2, 0, 1)
        normal = model.data_preprocessor(
            dict(inputs=[inputs]), training=False)['inputs']
        with torch.no_grad():
            feat = model.extract_feat(normal, stage='backbone')[-1]
        for index in shown:
            positions[index].append(feat[0].flatten(1).T[::2])
    for index, points in enumerate(map(torch.cat, positions)):
        unit = F.normalize(points.double(), dim=1).numpy()
        values = unit @ found.a[index] - found.b[index]
        vector = matching_vector(points[None])[0].double().numpy()
        assert np.linalg.norm(values) == pytest.approx(1, abs=1e-4)
        assert abs(values @ vector) > 0.999
        length = points.norm(dim=1).numpy()
        assert values @ (length - length.mean()) > 0


def test_finished_step_is_not_made_again(
        config: Path, checkpoint: Path, folder: Path) -> None:
    before = (folder / 'directions.npz').stat().st_mtime_ns
    Directions(config, checkpoint, folder).run()
    assert (folder / 'directions.npz').stat().st_mtime_ns == before
    with pytest.raises(InputError, match='stale .stride 2 -> 3'):
        Directions(config, checkpoint, folder, stride=3).run()


def test_scale_and_projection(config: Path, checkpoint: Path, folder: Path,
                              tmp_path: Path) -> None:
    for name, settings in (('small', dict(scale=0.5)),
                           ('few', dict(num_components=6))):
        Directions(config, checkpoint, tmp_path / name, **settings).run()
        found = DirectionsFile.load(tmp_path / name)
        assert found.a.shape == DirectionsFile.load(folder).a.shape
        assert np.isfinite(found.a).all()
    assert np.linalg.matrix_rank(found.a, tol=1e-4) <= 6


@pytest.mark.parametrize('settings, reason', [
    (dict(scale=0), 'scale is 0'), (dict(stride=0), 'stride is 0'),
    (dict(num_components=1.5), 'num_components is 1.5')])
def test_bad_settings(settings: dict, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Directions('c', 'k', 'o', **settings)


@pytest.fixture(scope='module')
def cams(config: Path, checkpoint: Path, folder: Path,
         tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of CAMs that were strengthened."""
    out = tmp_path_factory.mktemp('cam') / 'cams'
    CAMs(config, checkpoint, out, directions=folder).run()
    return out


def test_cams_depend_on_the_directions(
        config: Path, checkpoint: Path, folder: Path, cams: Path,
        tmp_path: Path) -> None:
    copy = tmp_path / 'copy'
    shutil.copytree(folder, copy)
    same = CAMs(config, checkpoint, cams, {NECK: str(copy)})
    assert same.run()['cam/mIoU'] > 0  # nothing was made anew
    found = DirectionsFile.load(folder)
    DirectionsFile(-found.a, -found.b, found.classes).save(copy)
    with pytest.raises(InputError, match='stale .other directions'):
        same.run()
    CAMs(config, checkpoint, tmp_path / 'cams', directions=copy).run()
    other, own = (CAMFile.load(each / f'{TRAIN_IDS[0]}.npz')
                  for each in (tmp_path / 'cams', cams))
    assert abs(other.cam - own.cam).max() > 0.05


def test_new_pictures_have_the_same_cams(
        config: Path, checkpoint: Path, folder: Path, cams: Path,
        demo_root: Path) -> None:
    classes = read_classes(demo_root)
    name = TRAIN_IDS[0]
    labels, = read_labels(demo_root, [name], classes, ANNOTATIONS)
    inferencer = CAMInferencer(config, checkpoint, {NECK: str(folder)})
    found, = inferencer(demo_root / f'JPEGImages/{name}.jpg',
                        [[classes[index] for index in labels]])
    np.testing.assert_allclose(
        found.maps, CAMFile.load(cams / f'{name}.npz').full_size(), atol=2e-3)


def test_directions_without_a_place_and_the_reverse(
        config: Path, tiny_configs: Path, checkpoint: Path, folder: Path,
        demo_root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='has no directions'):
        CAMs(config, checkpoint, tmp_path).run()
    with pytest.raises(InputError, match='no ClassMatching'):
        CAMs(tiny_configs / 'classifier.py', checkpoint, tmp_path,
             dict(data_root=str(demo_root)), directions=folder).run()
    with pytest.raises(InputError, match='ClassMatching: no directions'):
        CAMInferencer(config, checkpoint)


def method(tiny_configs: Path, **steps: object) -> Method:
    return read_methods(tiny_configs / 'pipeline.py', {
        f'methods.{METHOD}.{name}': value
        for name, value in steps.items()})[METHOD]


def test_pipeline_puts_it_between_classifier_and_cams(
        tiny_configs: Path, config: Path) -> None:
    found = method(tiny_configs, classifier=str(config),
                   directions=dict(type='Directions', stride=3))
    assert list(found.steps)[:3] == ['classifier', 'directions', 'cam']
    assert found.needs('cam') == ['classifier', 'directions']
    assert found.built['directions'].stride == 3
    assert found.built['cam'].directions == str(found.folder('directions'))


def test_method_without_it_has_none(tiny_configs: Path) -> None:
    found = method(tiny_configs)
    assert found.needs('cam') == ['classifier']
    assert found.built['cam'].directions is None


def test_name_of_a_step_stands_for_its_folder(tiny_configs: Path) -> None:
    found = method(
        tiny_configs, imported=dict(type='ImportedCAMs', source='theirs'),
        affinity=dict(cam_dir='imported'))
    assert found.needs('affinity') == ['imported']
    assert found.built['affinity'].cam_dir == (
        str(found.folder('imported') / 'cams'))
    assert found.needs('pseudo') == ['cam', 'irnet']


def test_pipeline_runs_them(tiny_configs: Path, config: Path,
                            tmp_path: Path) -> None:
    way = dict(methods=[METHOD], steps=['classifier', 'directions', 'cam'])
    options = {f'methods.{METHOD}.classifier': str(config),
               f'methods.{METHOD}.directions': dict(type='Directions')}
    results = run_steps(tiny_configs / 'pipeline.py', tmp_path, options, **way)
    folder = tmp_path / METHOD
    assert len(DirectionsFile.load(folder / 'directions').classes) == 5
    assert results[METHOD]['cam']['cam/mIoU'] > 0
    before = (folder / f'cam/cams/{TRAIN_IDS[0]}.npz').stat().st_mtime_ns
    again = run_steps(tiny_configs / 'pipeline.py', tmp_path, options, **way)
    assert again == results
    assert before == (
        folder / f'cam/cams/{TRAIN_IDS[0]}.npz').stat().st_mtime_ns

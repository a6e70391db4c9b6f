# Copyright (c) COMNet contributors. All rights reserved.
"""What is wrong with the input ends a tool with one line and status 2."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import METHOD, checkpoint_of
from helpers.tool_runner import ROOT, error_of
from torch import nn

from comnet.datasets.cam_file import CAMFile
from comnet.engine.runner import init_distributed
from comnet.utils import InputError

CONFIGS = ROOT / 'tests/configs'
CLASSIFIER = CONFIGS / 'comnet_tiny.py'


@pytest.fixture
def root(demo_root: Path, tmp_path: Path) -> Path:
    """Return a copy of the data set that a test may break."""
    return Path(shutil.copytree(demo_root, tmp_path / 'demo'))


def write_cams(folder: Path) -> None:
    """Write a CAM file for each of the 12 training images."""
    cam = np.linspace(0, 1, 72 * 96, dtype=np.float32).reshape(1, 72, 96)
    for idx in range(12):
        CAMFile(np.array([0]), cam[:, ::4, ::4], (72, 96)).save(
            folder / f'train_{idx:05d}.npz')


def test_train_without_data(tmp_path: Path) -> None:
    line = error_of(
        'train.py', CLASSIFIER, '--work-dir', tmp_path / 'work',
        '--cfg-options', f'data_root={tmp_path / "nowhere"}')
    assert f'{tmp_path / "nowhere"}: no such folder' in line
    assert not (tmp_path / 'work').exists()


def test_train_on_an_image_that_was_cut_off(
        root: Path, tmp_path: Path) -> None:
    path = root / 'JPEGImages/train_00005.jpg'
    path.write_bytes(path.read_bytes()[:500])
    line = error_of(  # it is read in a worker process
        'train.py', CLASSIFIER, '--work-dir', tmp_path / 'work',
        '--cfg-options', f'data_root={root}')
    assert f'{path}: not a readable image' in line


def test_pipeline_finds_a_wrong_name_before_it_begins(
        root: Path, tmp_path: Path) -> None:
    path = root / 'Annotations/train_00007.xml'
    text = path.read_text()
    path.write_text(text.replace('<name>', '<name>flying '))
    line = error_of(
        'pipeline.py', ROOT / 'configs/demo/pipeline.py', '--work-dir',
        tmp_path / 'work', '--cfg-options', f'data_root={root}')
    assert f"{path}: classes 'flying house', 'flying mushroom' " in line
    assert not (tmp_path / 'work').exists()


def test_test_with_the_checkpoint_of_another_model(
        demo_root: Path, tmp_path: Path) -> None:
    path = tmp_path / 'other.pth'
    torch.save(dict(state_dict=nn.Linear(3, 4).state_dict()), path)
    line = error_of(
        'test.py', CLASSIFIER, path, '--work-dir', tmp_path / 'work',
        '--cfg-options', f'data_root={demo_root}')
    assert f'{path}: checkpoint of another model' in line
    assert not list(tmp_path.rglob('*.npz'))


def test_pseudo_labels_without_a_cam(demo_root: Path, tmp_path: Path) -> None:
    write_cams(tmp_path / 'cam')
    missing = tmp_path / 'cam/train_00003.npz'
    missing.unlink()
    (tmp_path / 'irnet.pth').touch()
    line = error_of(
        'pseudo_masks.py', CONFIGS / 'irnet_tiny.py',
        tmp_path / 'irnet.pth', tmp_path / 'cam', tmp_path / 'masks',
        '--cfg-options', f'data_root={demo_root}')
    assert f'{missing}: no such CAM file' in line
    assert not (tmp_path / 'masks').exists()


def test_affinity_labels_of_a_broken_cam_leave_what_is_done(
        demo_root: Path, tmp_path: Path) -> None:
    write_cams(tmp_path / 'cam')
    broken = tmp_path / 'cam/train_00011.npz'
    content = broken.read_bytes()
    command = ('affinity_labels.py', demo_root, tmp_path / 'cam',
               tmp_path / 'labels', '--workers', 1)
    broken.write_bytes(content[:100])
    assert f'{broken}: not a CAM file' in error_of(*command)
    names = {path.name for path in (tmp_path / 'labels').glob('*.png')}
    assert names == {f'train_{idx:05d}.png' for idx in range(11)}
    finished = tmp_path / 'labels/train_00000.png'
    finished.write_bytes(b'made before')
    # the CAM folder has no record, so it is what its files are
    broken.write_bytes(content)
    assert 'is stale (other cams)' in error_of(*command)
    assert finished.read_bytes() == b'made before'


def test_labels_of_unknown_origin_are_left_alone(
        demo_root: Path, tmp_path: Path) -> None:
    write_cams(tmp_path / 'cam')
    mine = tmp_path / 'labels/train_00000.png'
    mine.parent.mkdir()
    mine.write_bytes(b'mine')
    line = error_of('affinity_labels.py', demo_root, tmp_path / 'cam',
                    tmp_path / 'labels')
    assert f'{mine.parent}: holds files of unknown origin' in line
    assert mine.read_bytes() == b'mine'


@pytest.mark.parametrize('option, problem', [
    ('methods.comnet.iirnet=a.py',
     'methods.comnet.iirnet: no such step or setting; there are classifier'),
    ('psuedo.beta=5', "no setting 'psuedo.beta'"),
    ('pseudo.bta=5', 'methods.cam.pseudo.bta: no such setting; there are'),
    ('pseudo.beta=ten', "methods.cam.pseudo.beta is 'ten'; give a number"),
    ('methods.comnet.pseudo.num_steps=2.5',
     'methods.comnet.pseudo.num_steps is 2.5; give a whole number'),
    ('affinity.bg_threshold=0.5', 'bg_threshold 0.5 is above fg_threshold'),
    ('affinity.refine.type=PRA',
     "methods.cam.affinity.refine.type is 'PRA'; there are DeepLabCRF"),
    ('pseudo.type=CamMasks',
     "methods.cam.pseudo.type is 'CamMasks'; there are AffinityLabels"),
    ('methods.comnet.irnet=None',
     "methods.comnet.pseudo: needs the step 'irnet', which is left out"),
    ('irnet=irnet.py', 'methods.cam.irnet: irnet.py: no such config file'),
])
def test_pipeline_with_a_typo(demo_root: Path, tmp_path: Path, option: str,
                              problem: str) -> None:
    line = error_of(
        'pipeline.py', ROOT / 'configs/demo/pipeline.py', '--work-dir',
        tmp_path / 'work', '--cfg-options', f'data_root={demo_root}', option)
    assert problem in line
    assert not (tmp_path / 'work').exists()


@pytest.mark.parametrize('option, problem', [
    ('optim_wrapper.optimizer.lr=0', 'lr is 0; give one above 0'),
    ('optim_wrapper.optimizer.lr=fast', "lr is 'fast'; give a number"),
    ('optim_wrapper.optimizer.lr=nan', 'lr is nan; give a number'),
    ('optim_wrapper.optimizer.weight_decay=-1',
     'weight_decay is -1; give one at least 0'),
    ('train_dataloader.batch_size=0', 'batch_size is 0; give one at least 1'),
    ('train_dataloader.batch_size=2.5',
     'batch_size is 2.5; give a whole number'),
    ('train_dataloader.num_workers=-1',
     'num_workers is -1; give one at least 0'),
    ('train_cfg.max_epochs=0', 'max_epochs is 0; give one at least 1'),
    ('train_cfg.max_epochs=many', "max_epochs is 'many'; give a whole num"),
    ('randomness.seed=-1', 'seed is -1; give one at least 0'),
    ('randomness.seed=luck', "seed is 'luck'; give a whole number or None")])
def test_training_with_a_number_that_means_nothing(
        tiny_configs: Path, demo_root: Path, tmp_path: Path, option: str,
        problem: str) -> None:
    line = error_of('train.py', tiny_configs / 'classifier.py', '--work-dir',
                    tmp_path / 'work', '--cfg-options',
                    f'data_root={demo_root}', option)
    assert problem in line and 'classifier.py' in line
    assert not (tmp_path / 'work').exists()


@pytest.mark.parametrize('source, problem', [
    ((), 'methods.theirs.cam.source is missing; set it'),
    (('methods.theirs.cam.source=ours,theirs', ),
     'ours,theirs: no such folder of CAMs'),
])
def test_pipeline_with_cams_of_nowhere(
        tiny_configs: Path, tmp_path: Path, source: tuple[str, ...],
        problem: str) -> None:
    """Nothing runs, not even the method before."""
    line = error_of(
        'pipeline.py', tiny_configs / 'pipeline.py', '--work-dir',
        tmp_path / 'work', '--cfg-options', 'methods.theirs.classifier=None',
        'methods.theirs.cam.type=ImportedCAMs', *source,
        'methods.theirs.irnet.start=None',
        'methods.theirs.segmentor.start=None')
    assert problem in line
    assert not (tmp_path / 'work').exists()


def test_affinity_labels_of_an_empty_split(
        root: Path, tmp_path: Path) -> None:
    path = root / 'ImageSets/Segmentation/train.txt'
    path.write_text('')
    (tmp_path / 'cam').mkdir()
    line = error_of('affinity_labels.py', root, tmp_path / 'cam',
                    tmp_path / 'labels')
    assert f'{path}: empty split' in line


def test_test_leaves_the_record_of_a_training(
        whole_way: Path, tiny_configs: Path, demo_root: Path,
        tmp_path: Path) -> None:
    trained = Path(shutil.copytree(
        whole_way / METHOD / 'segmentor', tmp_path / 'work'))
    before = (trained / 'record.json').read_bytes()
    line = error_of(
        'test.py', tiny_configs / 'segmentor.py',
        checkpoint_of(whole_way, 'segmentor'), '--work-dir',
        trained, '--cfg-options', f'data_root={demo_root}')
    assert f'{trained}: holds something else than a test; give' in line
    assert (trained / 'record.json').read_bytes() == before


def test_augmentations_are_of_no_use_for_a_classifier(
        demo_root: Path, tmp_path: Path) -> None:
    (tmp_path / 'a.pth').touch()
    line = error_of(
        'test.py', CLASSIFIER, tmp_path / 'a.pth', '--tta', '--work-dir',
        tmp_path, '--cfg-options', f'data_root={demo_root}')
    assert 'comnet_tiny.py: a classifier, whose CAMHook has scales' in line


def test_number_of_processes(demo_root: Path, tmp_path: Path) -> None:
    line = error_of(
        'pipeline.py', ROOT / 'configs/demo/pipeline.py', '--work-dir',
        tmp_path / 'work', '--gpus', '0', '--cfg-options',
        f'data_root={demo_root}')
    assert 'gpus is 0; give 1 or more' in line


def test_launcher_that_takes_gpus(
        demo_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('comnet.engine.runner.get_device', lambda: 'cpu')
    with pytest.raises(InputError, match='--launcher slurm takes GPUs'):
        init_distributed('slurm')

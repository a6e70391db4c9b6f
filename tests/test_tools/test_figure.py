# Copyright (c) COMNet contributors. All rights reserved.
"""The paper's figures as a command."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import METHOD, TRAIN_IDS, checkpoint_of, predictions_of
from helpers.tool_runner import error_of, run_tool

from comnet.apis import draw_matched_points, matching
from comnet.datasets.voc_folder import load_mask
from comnet.results import figure
from comnet.utils import InputError
from comnet.visualization import colored

VAL_IDS = [f'val_{index:05d}' for index in range(4)]


class Drawn:
    """Takes the place of :func:`write_figure`."""

    def __call__(self, path: str, titles: Sequence[str], rows: Sequence,
                 legend: Sequence = ()) -> list[Path]:
        self.titles, self.rows = list(titles), list(rows)
        self.names = [name for name, _ in legend]
        return [Path(path)]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    drawn = Drawn()
    for module in (matching, figure):
        monkeypatch.setattr(module, 'write_figure', drawn)
    return drawn


@pytest.fixture
def trained(whole_way: Path, tiny_configs: Path) -> list[object]:
    return ['--config', tiny_configs / 'classifier.py', '--checkpoint',
            checkpoint_of(whole_way, 'classifier')]


def test_matched_points(trained: list, demo_root: Path, drawn: Drawn) -> None:
    images = [demo_root / f'JPEGImages/{name}.jpg' for name in TRAIN_IDS[:2]]
    run = run_tool('figure.py', '4', *images, *trained, '--out', 'fig')
    assert run.code == 0, run.err
    assert drawn.titles == ['image', 'object', 'background']
    assert len(drawn.rows) == 2
    for image, *others in drawn.rows:
        assert all((image != other).any() for other in others)


def test_network_of_a_run(whole_way: Path, demo_root: Path,
                          drawn: Drawn) -> None:
    image = demo_root / f'JPEGImages/{TRAIN_IDS[0]}.jpg'
    run = run_tool('figure.py', '4', image, '--run', whole_way, '--out',
                   'fig')
    assert run.code == 0, run.err
    assert len(drawn.rows) == 1


def test_pair_with_its_truth(trained: list, demo_root: Path,
                             drawn: Drawn) -> None:
    images = [demo_root / f'JPEGImages/{name}.jpg' for name in TRAIN_IDS[:2]]
    run = run_tool('figure.py', '5', *images, *trained, '--label', 'fish',
                   '--out', 'fig')
    assert run.code == 0, run.err
    assert drawn.titles == ['image', 'truth', 'M*', 'matched points',
                            'CAM: fish']
    for name, row in zip(TRAIN_IDS, drawn.rows, strict=False):
        truth = load_mask(demo_root / f'SegmentationClass/{name}.png')
        assert np.array_equal(row[1], colored(truth))


def test_folder_of_pictures_without_truth(
        trained: list, demo_root: Path, drawn: Drawn, tmp_path: Path) -> None:
    for name in TRAIN_IDS[:2]:
        shutil.copy(demo_root / f'JPEGImages/{name}.jpg', tmp_path)
    run = run_tool('figure.py', '5', tmp_path, *trained, '--out', 'fig')
    assert run.code == 0, run.err
    assert 'truth' not in drawn.titles and len(drawn.rows) == 2


def test_segmentations(whole_way: Path, demo_root: Path,
                       drawn: Drawn) -> None:
    run = run_tool('figure.py', '6', whole_way, '--ids', VAL_IDS[2],
                   VAL_IDS[0], '--out', 'fig')
    assert run.code == 0, run.err
    assert drawn.titles == ['image', 'truth', METHOD]
    masks = predictions_of(whole_way)
    for name, row in zip((VAL_IDS[2], VAL_IDS[0]), drawn.rows, strict=True):
        for folder, shown in zip((demo_root / 'SegmentationClass', masks),
                                 row[1:], strict=True):
            assert np.array_equal(
                shown, colored(load_mask(folder / f'{name}.png')))
    assert drawn.names == sorted(drawn.names) != []


def test_segmentations_evenly_spread(whole_way: Path, drawn: Drawn) -> None:
    run_tool('figure.py', '6', whole_way, '--num-pictures', 2, '--out', 'fig')
    assert len(drawn.rows) == 2


def test_files_are_written(whole_way: Path, tmp_path: Path) -> None:
    run = run_tool('figure.py', '6', whole_way, '--out', tmp_path / 'fig')
    assert run.out.split() == [str(tmp_path / 'fig.png'),
                               str(tmp_path / 'fig.pdf')]
    assert all(Path(path).is_file() for path in run.out.split())


def test_image_that_is_none_of_val(whole_way: Path) -> None:
    assert f'{TRAIN_IDS[0]}: no image with a true mask and a segm' in error_of(
        'figure.py', '6', whole_way, '--ids', TRAIN_IDS[0], '--out', 'fig')


def test_run_without_segmentations(whole_way: Path, tmp_path: Path) -> None:
    shutil.copytree(whole_way / METHOD / 'classifier',
                    tmp_path / METHOD / 'classifier')
    shutil.copy(whole_way / 'run.json', tmp_path)
    assert f'{tmp_path}: no method has segmented' in error_of(
        'figure.py', '6', tmp_path, '--out', 'fig')


def test_matched_points_take_intra_matching(
        trained: list, demo_root: Path) -> None:
    _, config, _, checkpoint = trained
    with pytest.raises(InputError, match='no IntraMatching, whose points'):
        draw_matched_points(
            config, checkpoint,
            [demo_root / f'JPEGImages/{TRAIN_IDS[0]}.jpg'], 'fig',
            options={'default_hooks.cam.necks': [dict(type='InterMatching')]})

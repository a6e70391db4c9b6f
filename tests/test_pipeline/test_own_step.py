# Copyright (c) COMNet contributors. All rights reserved.
"""A step of somebody's own: one file, and one line of a config."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import METHOD, TRAIN_IDS, masks_of

from comnet.datasets.voc_folder import load_mask
from comnet.pipeline import run_pipeline
from comnet.registry import STEPS
from comnet.results import RunFile, results_table
from comnet.utils import InputError

MINE = '''
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comnet.datasets.identity import folder_identity, images_identity
from comnet.datasets.voc_folder import load_mask, save_mask
from comnet.evaluation import evaluate_masks
from comnet.registry import STEPS
from comnet.steps import ImageStep, Measure, given, made_by, place


@STEPS.register_module()
@dataclass(frozen=True)
class Mirrored(ImageStep):
    """Turns pseudo masks round."""
    measure = Measure('mirrored mask', 'train')
    data_root: str | Path = given('data_root')
    image_list: str = given('train_list')
    mask_dir: str | Path = made_by('pseudo')
    out_dir: str | Path = place()
    times: int = 1

    def inputs(self) -> dict[str, str]:
        return dict(images=images_identity(self.data_root, self.image_list),
                    masks=folder_identity(self.mask_dir, self.ids(), '.png'))

    def required(self) -> None:
        pass

    def jobs(self, share: Sequence[str]) -> Iterator[tuple]:
        yield from ((image_id, ) for image_id in share)

    def write(self, image_id: str) -> None:
        mask = load_mask(Path(self.mask_dir) / f'{image_id}.png')
        if self.times % 2:
            mask = mask[:, ::-1]
        save_mask(self.path(image_id), mask)

    def evaluate(self) -> dict[str, Any]:
        return evaluate_masks(self.data_root, self.image_list, self.out_dir)
'''
CONFIG = '''
_base_ = 'pipeline.py'
custom_imports = dict(imports=['my_step'])
mirrored = dict(type='Mirrored')
'''


@pytest.fixture
def run(whole_way: Path, tiny_configs: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict]:
    """Return what runs a pipeline with the step; all others are done."""
    shutil.copytree(whole_way, tmp_path / 'work')
    shutil.copytree(tiny_configs, tmp_path / 'configs')
    # beside the config, where nobody else looks
    (tmp_path / 'configs/my_step.py').write_text(MINE)
    (tmp_path / 'configs/mine.py').write_text(CONFIG)
    # those of before, when the test is over
    monkeypatch.setattr(sys, 'path', list(sys.path))
    monkeypatch.setattr(STEPS, '_module_dict', dict(STEPS.module_dict))
    monkeypatch.delitem(sys.modules, 'my_step', raising=False)
    return lambda options=None, **more: run_pipeline(
        tmp_path / 'configs/mine.py', tmp_path / 'work', options,
        num_pictures=6, **more)[METHOD]


def test_step_of_a_file_of_its_own(
        run: Callable[..., dict], tmp_path: Path,
        capsys: pytest.CaptureFixture) -> None:
    work = tmp_path / 'work'
    results = run()
    printed = capsys.readouterr().out
    assert f'{METHOD}: pseudo is done' in printed
    assert f'stage 1 of 1: {METHOD}: mirrored\n' in printed
    made = work / METHOD / 'mirrored'
    for image_id in TRAIN_IDS:
        assert np.array_equal(
            load_mask(made / f'{image_id}.png'),
            load_mask(masks_of(work) / f'{image_id}.png')[:, ::-1])
    record = json.loads((made / 'record.json').read_text())
    assert (record['kind'], record['settings']) == ('Mirrored', dict(times=1))
    assert results['mirrored'] == record['results']

    value = f'{results["mirrored"]["mIoU"]:.1f}'
    table = results_table(RunFile.read(work), {METHOD: results})
    page = (work / 'report.html').read_text()
    for text in (table, page):
        assert 'mirrored mask' in text and value in text

    assert run() == results
    assert f'{METHOD}: mirrored is done' in capsys.readouterr().out

    gone = made / f'{TRAIN_IDS[3]}.png'
    before = gone.read_bytes()
    gone.unlink()
    times = {path: path.stat().st_mtime_ns for path in made.glob('*.png')}
    assert run()['mirrored'] == results['mirrored']
    assert f'{METHOD}: mirrored\n' in capsys.readouterr().out
    assert gone.read_bytes() == before
    assert times == {path: path.stat().st_mtime_ns for path in times}

    with pytest.raises(InputError, match=r'mirrored \(times 1 -> 2\)'):
        run({'mirrored.times': 2})
    run({'mirrored.times': 2}, remake=True)
    assert np.array_equal(load_mask(gone),
                          load_mask(masks_of(work) / gone.name))


def test_setting_that_it_has_not_is_named(run: Callable[..., dict]) -> None:
    with pytest.raises(InputError, match='mirrored.tims: no such setting; '):
        run({'mirrored.tims': 2})

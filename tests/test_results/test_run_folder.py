# Copyright (c) COMNet contributors. All rights reserved.
"""What a run tells of itself."""

import json
from pathlib import Path

import pytest
from helpers.run_files import STEPS, run_of

from comnet.results import RunFile, StepEntry
from comnet.steps import Measure
from comnet.utils import InputError


def test_what_is_written_is_read(tmp_path: Path) -> None:
    run = run_of(['cam', 'comnet'], 'data/demo')
    run.write(tmp_path / 'work')
    assert RunFile.read(tmp_path / 'work') == run
    assert run.folder('work', 'comnet', 'cam') == Path('work/comnet/cam/cams')


def test_steps_of_all_methods_are_in_order() -> None:
    def some(*names: str) -> dict[str, StepEntry]:
        return {name: STEPS[name] for name in names}

    run = RunFile('data', dict(
        theirs=some('cam', 'pseudo'), ours=STEPS,
        crf=some('classifier', 'cam', 'pseudo')))
    assert run.steps == list(STEPS)
    assert list(run.measures) == ['cam', 'pseudo', 'evaluation']
    assert run.measures['cam'] == run.measure('ours', 'cam')
    assert run.measure('theirs', 'evaluation') is None


def test_results_of_one_metric_stand_together() -> None:
    assert Measure('CAM', 'train', 'cam/mIoU').beside('IoU') == 'cam/IoU'
    assert Measure('mask', 'train').beside('IoU') == 'IoU'


@pytest.mark.parametrize('content', [
    '', '[]', '{}', '{"methods": {}}', '{"data_root": "x", "methods": []}',
    '{"data_root": "x", "methods": {"m": {"cam": {"kind": "CAMs"}}}}',
    json.dumps(dict(data_root='x', methods=dict(m=dict(cam=dict(
        kind='CAMs', files='cam', measure=dict(name='CAM'))))))])
def test_other_content_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / 'run.json'
    path.write_text(content)
    with pytest.raises(InputError, match=f'{path}: not what a pipeline wr'):
        RunFile.read(tmp_path)

# Copyright (c) COMNet contributors. All rights reserved.
"""No tool runs code of a checkpoint that it reads."""

from pathlib import Path

import pytest
from helpers.hostile import by_attributes, by_reduction
from helpers.tool_runner import ROOT, error_of

CONFIGS = ROOT / 'tests/configs'
CLASSIFIER, IRNET, SEGMENTOR = (
    CONFIGS / f'{name}_tiny.py'
    for name in ('comnet', 'irnet', 'deeplabv2'))


@pytest.mark.parametrize('attack', [by_attributes, by_reduction])
@pytest.mark.parametrize('tool, arguments, options', [
    ('train.py', (CLASSIFIER, '--work-dir', 'WORK', '--resume', 'FILE'), ()),
    ('train.py', (CLASSIFIER, '--work-dir', 'WORK'), ('load_from=FILE', )),
    ('train.py', (CLASSIFIER, '--work-dir', 'WORK'), ('pretrained=FILE', )),
    ('test.py', (CLASSIFIER, 'FILE', '--work-dir', 'WORK'), ()),
    ('test.py', (SEGMENTOR, 'FILE', '--work-dir', 'WORK'), ()),
    ('cams.py', (CLASSIFIER, 'FILE', 'WORK/cams'), ()),
    ('pseudo_masks.py', (IRNET, 'FILE', 'CAMS', 'WORK/masks'), ()),
    ('analysis_tools/sweep_random_walk.py', (IRNET, 'FILE', 'CAMS'), ()),
])
def test_no_code_is_run(
        demo_root: Path, irnet_work: Path, tmp_path: Path, attack, tool: str,
        arguments: tuple, options: tuple) -> None:
    trace = tmp_path / 'trace'
    file = attack(tmp_path / 'hostile.pth', trace)
    names = dict(FILE=str(file), WORK=str(tmp_path / 'work'),
                 CAMS=str(irnet_work / 'cam'))

    def filled(value: object) -> str:
        text = str(value)
        for name, path in names.items():
            text = text.replace(name, path)
        return text

    workers = ('train_dataloader.num_workers=0',
               ) if tool == 'train.py' else ()
    line = error_of(tool, *map(filled, arguments), '--cfg-options',
                    f'data_root={demo_root}', *map(filled, options), *workers)
    assert f'{file}: not a checkpoint' in line
    assert not trace.exists()

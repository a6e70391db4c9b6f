# Copyright (c) COMNet contributors. All rights reserved.
"""Whether two folders of a pipeline hold the same, however they were made."""

import json
from pathlib import Path

import torch

from comnet.engine.checkpoint import read_checkpoint

from .tiny import METHOD, cams_of, labels_of, masks_of, predictions_of

TRAININGS = ('classifier', 'irnet', 'segmentor')
FOLDERS = (cams_of, labels_of, masks_of, predictions_of)


def require_same(work: Path, reference: Path) -> None:
    """Compare weights, CAMs, labels, masks, metrics and records.

    Inputs that are checkpoints are left out: these hold times.
    """
    for step in TRAININGS:
        ours, theirs = (read_checkpoint(
            next((root / METHOD / step).glob('*.pth')))
            for root in (work, reference))
        assert ours['meta']['iter'] == theirs['meta']['iter']
        weights = ours['state_dict'], theirs['state_dict']
        assert weights[0].keys() == weights[1].keys()
        for name, value in weights[0].items():
            torch.testing.assert_close(
                value, weights[1][name], rtol=0, atol=1e-6, msg=name)
    for folder in FOLDERS:
        assert _files(folder(work)) == _files(folder(reference)), folder
    assert _results(work) == _results(reference)
    assert _records(work) == _records(reference)


def leftovers(work: Path) -> list[str]:
    """Return what nobody should find: locks and halves of files."""
    return sorted(str(path) for path in work.rglob('.*'))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()
            if path.suffix in ('.npz', '.png')}


def _results(work: Path) -> dict:
    found: dict = json.loads((work / 'results.json').read_text())
    for method in found.values():
        method['seconds'] = sorted(method['seconds'])
    return found


def _records(work: Path) -> dict[str, dict]:
    records = {}
    for path in sorted(work.rglob('record.json')):
        record = json.loads(path.read_text())
        records[str(path.relative_to(work))] = dict(
            {key: record[key] for key in (
                'kind', 'settings', 'finished', 'results')},
            inputs=sorted(record['inputs']), images=record['inputs'].get(
                'images'))
    return records

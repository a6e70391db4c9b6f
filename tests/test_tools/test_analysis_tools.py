# Copyright (c) COMNet contributors. All rights reserved.
"""The benchmarks and sweeps run, on small inputs, and agree with literals."""

import json
import re
import sys
from pathlib import Path

import pytest
from helpers.tiny import METHOD, STEPS, TRAIN_IDS, cams_of
from helpers.tool_runner import ROOT, run_tool

from comnet.utils.record import Record


def tables_of(tool: str, *options: object) -> list[list[list[str]]]:
    """Run a tool and return the rows of its tables without the heads."""
    run = run_tool(f'analysis_tools/{tool}.py', *options)
    assert run.code == 0, run.err
    tables: list[list[list[str]]] = []
    for line in run.out.splitlines():
        if line.startswith('| ---'):
            tables.append([])
        elif line.startswith('|') and tables:
            tables[-1].append(line.strip('| ').split(' | '))
        elif not line.startswith('|') and tables and tables[-1]:
            tables[-1].append([])  # ends the table
    return [[row for row in table if row and len(row) == len(table[0])]
            for table in tables]


@pytest.mark.skipif(
    not sys.platform.startswith('linux'), reason='memory is read from /proc')
def test_benchmark_of_the_matching() -> None:
    inter, intra, step = tables_of(
        'benchmark_matching', '--device', 'cpu', '--size', 128, '--channels',
        32, '--group-sizes', 2, 3, '--max-literal', 2, '--repeats', 1)
    assert [row[:2] for row in inter] == [['2', '128'], ['3', '192']]
    assert float(inter[0][-2]) < 1e-4 and inter[0][-1] == '100.00%'
    assert set(inter[1][4:]) == {'-'}  # above --max-literal
    assert len(intra) == len(step) == 1
    assert float(intra[0][-1]) < 1e-5
    assert float(step[0][-1]) > 0


@pytest.mark.skipif(
    not sys.platform.startswith('linux'), reason='memory is read from /proc')
def test_benchmark_of_the_random_walk() -> None:
    table, = tables_of(
        'benchmark_random_walk', '--device', 'cpu', '--sizes', '9x12', '20x30',
        '--max-dense', 200, '--max-steps', 200, '--repeats', 1)
    assert [row[0] for row in table] == ['9 x 12', '20 x 30']
    assert float(table[0][-1]) < 1e-6
    assert set(table[1][3:]) == {'-'}


def test_benchmark_of_an_irnet() -> None:
    (row, ), = tables_of(
        'benchmark_irnet', ROOT / 'configs/msrc14/irnet_squeezenet_msrc14.py',
        '--device', 'cpu', '--size', 64, '--batch-size', 2, '--repeats', 3)
    assert all(re.fullmatch(r'\d+ ms', cell) for cell in row[:2])
    assert float(row[2]) > 0


def test_benchmark_of_a_pipeline(whole_way: Path) -> None:
    table, = tables_of('benchmark_pipeline', whole_way, whole_way)
    *steps, total = table
    assert [row[1] for row in steps] == list(STEPS)
    record = Record.read(cams_of(whole_way))
    assert record is not None and record.memory > 100
    row = table[STEPS.index('cam')]
    assert row == [METHOD, 'cam', *2 * [
        f'{record.seconds:.1f}', f'{record.seconds / len(TRAIN_IDS):.3f}',
        f'{record.memory:.0f}'], '1.00']
    assert float(total[2]) == pytest.approx(
        sum(float(row[2]) for row in steps))


def test_benchmark_of_no_pipeline(tmp_path: Path) -> None:
    run = run_tool('analysis_tools/benchmark_pipeline.py', tmp_path)
    assert run.code == 2
    assert f'{tmp_path}: no run.json of a pipeline' in run.err


def test_sweep_finds_the_mIoU_of_the_masks(  # noqa: N802
        demo_root: Path, irnet_work: Path) -> None:
    config, inputs = ROOT / 'tests/configs/irnet_tiny.py', (
        irnet_work / 'irnet.pth', irnet_work / 'cam')
    options = ('--cfg-options', f'data_root={demo_root}',
               'predict_dataloader.num_workers=0')
    table, = tables_of('sweep_random_walk', config, *inputs, '--betas', 5, 10,
                       '--num-steps', 2, 8, 16, *options)
    assert [row[0] for row in table] == ['5', '10']
    value, threshold = re.fullmatch(
        r'(\d+\.\d) \((0\.\d\d)\)', table[1][2]).groups()
    out = irnet_work / 'swept'
    run_tool(
        'pseudo_masks.py', config, *inputs, out, '--out', f'{out}.json',
        *options, 'pseudo.beta=10', 'pseudo.num_steps=8',
        'pseudo.refine=None', f'pseudo.bg_threshold={threshold}')
    measured = json.loads(Path(f'{out}.json').read_text())
    assert measured['mIoU'] == pytest.approx(float(value), abs=0.06)

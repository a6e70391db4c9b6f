# Copyright (c) COMNet contributors. All rights reserved.
"""The tables of results and of an ablation."""

import csv

from helpers.run_files import STEPS, run_of

from comnet.results import (
    RunFile,
    StepEntry,
    ablation_table,
    results_summary,
    results_table,
)
from comnet.results.tables import csv_table, latex_table, results_rows
from comnet.steps import Measure


def test_a_column_a_method_whatever_their_names() -> None:
    names = ['cam', 'cam_crf', 'comnet', 'somebody_elses_cams', 'e', 'f', 'g']
    results = {name: {
        'seconds': {}, 'cam': {'cam/mIoU': 50.04 + index,
                               'cam/num_images': 294},
        'pseudo': dict(mIoU=60.06 + index, num_images=294)}
        for index, name in enumerate(names)}
    del results['cam_crf']['cam']
    table = results_table(run_of(names), results)
    lines = [line for line in table.splitlines() if '│' in line]
    head = next(line for line in table.splitlines() if 'mIoU' in line)
    assert all(name in head for name in names)
    cam, pseudo, segmentation = (
        [cell.strip() for cell in line.strip('│').split('│')]
        for line in lines)
    assert cam[:4] == ['CAM', 'train (294)', '50.0', '-']
    assert pseudo[2:4] == ['60.1', '61.1']
    assert set(segmentation[2:]) == {'-'}


def test_no_table_of_dashes_where_nothing_can_be_measured() -> None:
    run = run_of(['comnet'])
    results = {'comnet': {'seconds': {}, 'cam': {'cam/num_images': 0},
                          'pseudo': dict(num_images=0)}}
    assert results_summary(run, results).startswith('There are no true masks')
    for measured in ({}, dict(pseudo=dict(num_images=2, mIoU=50.0))):
        results = {'comnet': measured}  # not begun, or measured on some
        assert results_summary(run, results) == results_table(run, results)


def test_brackets_in_a_name_are_no_markup() -> None:
    assert 'comnet[k8]' in results_table(
        run_of(['comnet[k8]']), {'comnet[k8]': {}})


def test_step_that_nobody_knows_has_its_row() -> None:
    run = RunFile('data', dict(
        plain={'cam': STEPS['cam']},
        mine={'cam': StepEntry('Mine', 'cam', '*.png', Measure(
            'CAM', 'train', 'own/mIoU')), 'smooth': StepEntry(
                'Smooth', 'smooth', '*.png', Measure('smoothed', 'train'))}))
    lines = results_table(run, dict(
        plain=dict(cam={'cam/mIoU': 40.0}),
        mine=dict(cam={'own/mIoU': 41.0}, smooth=dict(mIoU=42.0,
                                                      num_images=7))))
    rows = [[cell.strip() for cell in line.strip('│').split('│')]
            for line in lines.splitlines() if '│' in line]
    assert rows == [['CAM', 'train', '40.0', '41.0'],
                    ['smoothed', 'train (7)', '-', '42.0']]


def cell(mean: float | None, std: float | None = None,
         paper: float | None = None) -> dict:
    return dict(values={}, mean=mean, std=std, num_images=12, paper=paper)


def test_values_of_the_paper_stand_beside() -> None:
    rows = dict(
        a=dict(title='IRN', cam=cell(51.04, 0.96, 48.3), pseudo=cell(60)),
        b=dict(title='ours', cam=cell(None), pseudo=cell(62.25)))
    text = ablation_table(dict(
        title='Table V', pipeline='p.py', seeds=[0, 1], rows=rows,
        measures=dict(cam=dict(title='CAM', split='train'),
                      pseudo=dict(title='pseudo mask', split='train'))))
    assert text == '''\
# Table V

mIoU (%) of `p.py`, seeds 0, 1, mean ± standard deviation; in brackets the \
number of images with a true mask. The paper's values are those that it \
reports, on its own data.

| setting | CAM, train (12) | CAM, the paper's | pseudo mask, train (12) |
| --- | --- | --- | --- |
| IRN | 51.0 ± 1.0 | 48.3 | 60.0 |
| ours | - | - | 62.2 |
'''


def test_one_seed_has_no_deviation() -> None:
    text = ablation_table(dict(
        title='T', pipeline='p.py', seeds=[3],
        measures=dict(evaluation=dict(title='segmentation', split='val')),
        rows=dict(a=dict(title='a', evaluation=cell(55.5)))))
    assert 'seeds 3;' in text and '±' not in text
    assert "the paper's" not in text.lower()
    assert '| a | 55.5 |' in text


def test_rows_for_a_spreadsheet_and_for_a_paper() -> None:
    rows = results_rows(run_of(['cam_a']), {
        'cam_a': {'pseudo': dict(mIoU=60.06, num_images=294)}})
    assert list(csv.reader(csv_table(rows).splitlines())) == rows
    lines = latex_table(rows).splitlines()
    assert lines[0] == r'\begin{tabular}{llr}'
    assert lines[2] == r'mIoU (\%) & measured on & cam\_a \\'
    assert r'pseudo mask & train (294) & 60.1 \\' in lines

# Copyright (c) COMNet contributors. All rights reserved.
"""The bars and the page of a report, from records and pictures."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.pages import check_page
from helpers.run_files import run_of

from comnet.results import Curve, Gallery, Report, render_report
from comnet.results.bars import (
    class_bars,
    cost_bars,
    result_bars,
    setting_rows,
    total_times,
)
from comnet.utils.record import Record
from comnet.visualization import Row, mask_picture


def record(seconds: float = 1.0, memory: float = 100.0, **results: object
           ) -> Record:
    return Record({}, {}, True, seconds, memory, results=results)


def cams(value: float, threshold: float) -> Record:
    return record(**{
        'cam/mIoU': value, 'cam/threshold': threshold, 'cam/num_images': 12,
        'cam/IoU': dict(background=80.0, cat=value, dog=None),
        'cam/sweep': {'0.10': value - 9, f'{threshold:.2f}': value,
                      '0.60': value - 20}})


@pytest.fixture
def report() -> Report:
    """Return a report of two methods; the second was cut off."""
    training = record(75.0, 200.0)
    training.settings = dict(
        optim_wrapper={},
        model=dict(neck=None, backbone=dict(type='ResNet', depth=50)),
        randomness=dict(seed=0))
    other = record(7300.0, 50.0)
    other.settings = dict(
        optim_wrapper={},
        model=dict(neck=[dict(type='InterMatching', alpha=2 / 3)],
                   backbone=dict(type='ResNet', depth=50)),
        randomness=dict(seed=0))
    records = dict(
        plain=dict(classifier=training, cam=cams(50.0, 0.2),
                   evaluation=record(mIoU=40.0, num_images=4)),
        ours=dict(classifier=other, cam=cams(52.55, 0.3)))
    curves = dict(plain={('classifier', 'loss'): Curve(
        'iteration', [(10, 0.5), (20, 0.25)])})
    mask = mask_picture('mask', np.ones((9, 9), np.uint8), ['<i>cat'],
                        'mask of a&b', 71.25)
    gallery = Gallery('Training images', 'Why these.', dict(
        Best=[Row('a&b', [mask, mask], 'gain +1.0')]))
    return Report('run', run_of(['plain', 'ours']), records, curves,
                  [gallery], ['Look here.'])


def test_page_needs_nothing_else(report: Report) -> None:
    page = check_page(render_report(report))
    for text in ('Look here.', 'Why these.', '52.5', '+2.5', '12 images of',
                 '71.2', 'gain +1.0', '2 h 1 min', '52.5 at 0.30'):
        assert text in page.text, text


def test_names_are_text_and_no_markup(report: Report) -> None:
    page = check_page(render_report(report))
    assert '<i>cat' in page.text and not page.all('i')
    assert page.all('img')[0]['alt'] == 'mask of a&b: <i>cat'


def test_picture_opens_and_closes_without_a_script(report: Report) -> None:
    page = check_page(render_report(report))
    figures = [attrs['id'] for attrs in page.all('figure') if 'id' in attrs]
    article, = (attrs['id'] for attrs in page.all('article'))
    links = [attrs['href'] for attrs in page.all('a')]
    assert len(figures) == 2
    for figure in figures:
        assert links.count(f'#{figure}') == 1
    assert links.count(f'#{article}') == 2


def test_curves_are_told_in_words(report: Report) -> None:
    page = check_page(render_report(report))
    labels = [attrs['aria-label'] for attrs in page.all('svg')]
    assert 'classifier: loss: plain from 0.5 to 0.25' in labels
    assert any('ours: 52.5 at 0.30' in label for label in labels)


def test_unfinished_stages_are_named(report: Report) -> None:
    assert 'Not finished' not in render_report(report)
    report.records['ours']['cam'].finished = False
    page = check_page(render_report(report))
    assert 'Not finished: ours: cam' in page.text
    assert 'not finished' in page.text  # in place of its time


def test_nothing_but_a_training_that_was_cut(report: Report) -> None:
    training = Record({}, {})
    page = check_page(render_report(replace(
        report, records=dict(plain=dict(classifier=training)), curves={},
        galleries=[], notes=[])))
    assert 'Not finished: plain: classifier' in page.text
    assert 'Results' not in page.text and not page.all('img')


def test_results_have_the_difference_to_the_first(report: Report) -> None:
    of_cams, of_masks = result_bars(report.run, report.records)
    assert [(bar.text, bar.more) for bar in of_cams.bars] == [
        ('50.0', ''), ('52.5', '+2.5')]
    assert of_cams.detail == '12 images of train'
    assert [bar.method for bar in of_masks.bars] == ['plain']


def test_difference_needs_the_first(report: Report) -> None:
    del report.records['plain']['cam']
    of_cams = result_bars(report.run, report.records)[0]
    assert [(bar.text, bar.more) for bar in of_cams.bars] == [('52.5', '')]


def test_no_true_masks_no_results() -> None:
    records = dict(plain=dict(cam=record(**{'cam/num_images': 0}),
                              evaluation=record(num_images=0)))
    run = run_of(['plain'])
    assert result_bars(run, records) == []
    assert class_bars(run, records) == ([], [])


def test_classes_that_are_nowhere_have_no_bar(report: Report) -> None:
    titles, rows = class_bars(report.run, report.records)
    assert titles == ['CAM']
    assert [(row[0].title, len(row[0].bars)) for row in rows] == [
        ('background', 2), ('cat', 2), ('dog', 0)]


def test_costs_are_shares_of_the_largest(report: Report) -> None:
    (time, memory), *_ = cost_bars(report.run, report.records)
    assert [bar.text for bar in time.bars] == ['1 min 15 s', '2 h 1 min']
    assert [bar.share for bar in time.bars] == [
        pytest.approx(100 * 75 / 7300), 100]
    assert [bar.text for bar in memory.bars] == ['200 MiB', '50 MiB']
    assert [bar.share for bar in memory.bars] == [100, 25]
    assert total_times(report.records)['plain'] == '1 min 17 s'


def test_settings_tell_where_methods_differ(report: Report) -> None:
    rows = dict(setting_rows(report.run, report.records))
    assert rows['classifier: backbone'] == {'': 'ResNet(depth=50)'}
    assert rows['classifier: matching'] == {
        'plain': 'none', 'ours': 'InterMatching(alpha=0.666667)'}
    assert rows['best threshold of the CAM'] == {'plain': '0.2',
                                                 'ours': '0.3'}

# Copyright (c) COMNet contributors. All rights reserved.
"""The Markdown of an ablation."""

from comnet.visualization import ablation_table


def cell(mean: float | None, std: float | None = None,
         paper: float | None = None) -> dict:
    return dict(values={}, mean=mean, std=std, num_images=12, paper=paper)


def test_values_of_the_paper_stand_beside() -> None:
    rows = dict(
        a=dict(title='IRN', cam=cell(51.04, 0.96, 48.3), pseudo=cell(60)),
        b=dict(title='ours', cam=cell(None), pseudo=cell(62.25)))
    text = ablation_table(dict(
        title='Table V', pipeline='p.py', seeds=[0, 1], rows=rows))
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
        rows=dict(a=dict(title='a', evaluation=cell(55.5)))))
    assert 'seeds 3;' in text and '±' not in text
    assert "the paper's" not in text.lower()
    assert '| a | 55.5 |' in text

# Copyright (c) COMNet contributors. All rights reserved.
"""The table of results."""

from comnet.visualization import results_table


def test_a_column_a_method_whatever_their_names() -> None:
    names = ['cam', 'cam_crf', 'comnet', 'somebody_elses_cams', 'e', 'f', 'g']
    results = {name: {
        'seconds': {}, 'cam': {'cam/mIoU': 50.04 + index,
                               'cam/num_images': 294},
        'pseudo': dict(mIoU=60.06 + index, num_images=294)}
        for index, name in enumerate(names)}
    del results['cam_crf']['cam']
    table = results_table(results)
    lines = [line for line in table.splitlines() if '│' in line]
    head = next(line for line in table.splitlines() if 'mIoU' in line)
    assert all(name in head for name in names)
    cam, pseudo, segmentation = (
        [cell.strip() for cell in line.strip('│').split('│')]
        for line in lines)
    assert cam[:4] == ['CAM', 'train (294)', '50.0', '-']
    assert pseudo[2:4] == ['60.1', '61.1']
    assert set(segmentation[2:]) == {'-'}


def test_brackets_in_a_name_are_no_markup() -> None:
    assert 'comnet[k8]' in results_table({'comnet[k8]': {}})

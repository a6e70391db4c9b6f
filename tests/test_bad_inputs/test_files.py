# Copyright (c) COMNet contributors. All rights reserved.
"""Files of all kinds that are none, or say what cannot be."""

from pathlib import Path

import pytest
from helpers.bad_inputs import (
    BROKEN,
    Bad,
    bad,
    check_row,
    copy_workshop,
)

TRAIN = 'train.py W/configs/classifier.py --work-dir W/out'
SEGMENTOR = ('train.py W/configs/segmentor.py --work-dir W/out --cfg-options '
             'mask_dir=W/masks')
AFFINITY = 'affinity_labels.py W/data W/cams W/out --workers 1'
PREPARE = 'dataset_converters/prepare.py W/data/JPEGImages {} W/out'
CAMS = 'cams.py W/configs/classifier.py W/classifier.pth W/out'
SEGMENT = ('segment.py {} --config W/configs/segmentor.py --checkpoint '
           'W/segmentor.pth --out-dir W/out')
LIST = 'data/ImageSets/Segmentation/train.txt'
PICTURE, XML, MASK, CAM = (
    'data/JPEGImages/train_00003.jpg', 'data/Annotations/train_00003.xml',
    'masks/train_00003.png', 'cams/train_00003.npz')

# what reads each kind of file
READERS = {
    'picture': (PICTURE, AFFINITY),
    'picture to segment': (PICTURE, SEGMENT.format(f'W/{PICTURE}')),
    'annotation': (XML, TRAIN),
    'mask': (MASK, SEGMENTOR),
    'CAM file': (CAM, AFFINITY),
    'list': (LIST, TRAIN),
    'CSV': ('labels.csv', PREPARE.format('W/labels.csv')),
    'JSON': ('labels.json', PREPARE.format('W/labels.json')),
    '.npy': ('labels.npy', PREPARE.format('W/labels.npy --classes W/two.txt')),
    'names of classes': ('two.txt', PREPARE.format(
        'W/labels.npy --classes W/two.txt')),
    'checkpoint': ('classifier.pth', CAMS),
    'weights': ('weights.pth', f'{TRAIN} --cfg-options '
                'pretrained=W/weights.pth'),
    'config': ('configs/classifier.py', TRAIN),
    'config of a pipeline': (
        'configs/pipeline.py', 'pipeline.py W/configs/pipeline.py --work-dir '
        'W/out'),
    'config in YAML': ('c.yaml', 'train.py W/c.yaml --work-dir W/out'),
    'config in JSON': ('c.json', 'train.py W/c.json --work-dir W/out'),
    'record': ('out/record.json', AFFINITY),
    'run': ('out/run.json', 'report.py W/out'),
}
CONTENT = {  # of those that are not there
    'weights.pth': 'classifier.pth', 'out/record.json': 'data/demo_data.json',
    'out/run.json': 'data/demo_data.json', 'c.yaml': 'two.txt',
    'c.json': 'labels.json'}
FINE = {  # what is none of the user's faults, or said otherwise
    ('record', 'missing'), ('CSV', 'cut off'), ('names of classes', 'cut off'),
    ('list', 'cut off'), ('config', 'cut off'),
    ('config of a pipeline', 'cut off'), ('.npy', 'cut off')}


NAMED = {*READERS} - {'picture', 'mask', 'run'}


def broken(path: str, harm) -> object:
    def break_(folder: Path) -> None:
        if path in CONTENT:
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes((folder / CONTENT[path]).read_bytes())
        harm(folder)

    return break_


ROWS: dict[str, Bad] = {
    f'{kind}: {what}': bad(command, f'W/{path}' if kind in NAMED else
                           Path(path).stem, harm=broken(path, harm(path)))
    for kind, (path, command) in READERS.items()
    for what, harm in BROKEN.items() if (kind, what) not in FINE}


@pytest.mark.parametrize('name', ROWS)
def test_one_line(name: str, workshop: Path, tmp_path: Path) -> None:
    check_row(ROWS[name], copy_workshop(workshop, tmp_path / 'w'))

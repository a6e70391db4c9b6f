# Copyright (c) COMNet contributors. All rights reserved.
"""Files of the right kind that say what cannot be."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.bad_inputs import (
    Bad,
    Harm,
    append,
    array,
    bad,
    check_row,
    copy_workshop,
    remove,
    torch_file,
    write,
)
from PIL import Image

TRAIN = 'train.py W/configs/classifier.py --work-dir W/out'
SEGMENTOR = ('train.py W/configs/segmentor.py --work-dir W/out --cfg-options '
             'mask_dir=W/masks')
PIPELINE = 'pipeline.py W/configs/pipeline.py --work-dir W/out'
AFFINITY = 'affinity_labels.py W/data W/cams W/out --workers 1'
PREPARE = 'dataset_converters/prepare.py W/data/JPEGImages W/{} W/out'
CAMS = 'cams.py W/configs/classifier.py W/classifier.pth W/out'
LIST = 'data/ImageSets/Segmentation/train.txt'
CLASSES, XML = 'data/classes.txt', 'data/Annotations/train_00003.xml'
MASK, CAM = 'masks/train_00003.png', 'cams/train_00003.npz'
IDS = [f'train_{index:05d}' for index in range(12)]
MAPS = dict(keys=np.array([0]), cam=np.ones((1, 18, 24), np.float16),
            size=np.array([72, 96]))


def listed(name: str, *patterns: str, content: bytes | str) -> dict[str, Bad]:
    """Return a row for each reader of a list."""
    return {f'{name}, {tool}': bad(command, f'W/{LIST}', *patterns,
                                   harm=write(LIST, content))
            for tool, command in (('train', TRAIN), ('affinity', AFFINITY),
                                  ('pipeline', PIPELINE))}


def picture(name: str, size: tuple[int, int], mode: str = 'L') -> Harm:
    return lambda folder: Image.new(mode, size).save(folder / name)


def labels(suffix: str, content: object, *patterns: str) -> Bad:
    text = content if isinstance(content, bytes | str) else json.dumps(content)
    return bad(PREPARE.format(f'mine.{suffix}'), f'W/mine.{suffix}',
               *patterns, harm=write(f'mine.{suffix}', text))


def config(text: str, *patterns: str) -> Bad:
    return bad(TRAIN, 'W/configs/classifier.py', *patterns,
               harm=write('configs/classifier.py', text))


def record(text: str) -> Bad:
    return bad(AFFINITY, 'W/out/record.json', 'not a record',
               harm=write('out/record.json', text))


def run_json(content: object) -> Bad:
    return bad('report.py W/out', 'W/out/run.json', harm=write(
        'out/run.json', json.dumps(content)))


STEP = dict(kind='CAMs', files='cam', makes='*.npz')
FIELDS = '"settings": {}, "inputs": {}, '
ROWS: dict[str, Bad] = {
    **listed('id with NUL', 'NUL', content=b'train_0\x000001\n'),
    **listed('id above', "'../a'", content='../a\n'),
    **listed('id within above', 'a/../../b', content='a/../../b\n'),
    **listed('id of the root', "'/etc/passwd'", content='/etc/passwd\n'),
    **listed('Latin-1', 'UTF-8', content='caf\xe9\n'.encode('latin-1')),
    **listed('Shift-JIS', 'UTF-8', content='猫\n'.encode('shift_jis')),
    **listed('escape', 'control character', content='train_\x1b[2J\n'),
    **listed('line separator', 'line break', content='a\u2028b\n'),
    **listed('blank', 'empty', content=' \n\t\n'),
    **listed('long', 'long', content='a' * 5000 + '\n'),
    'id without a picture': bad(
        AFFINITY, 'nowhere', harm=append(LIST, b'nowhere\n')),
    'two classes of one name': bad(
        TRAIN, f'W/{CLASSES}', 'twice', harm=append(CLASSES, b'house\n')),
    'background': bad(TRAIN, f'W/{CLASSES}', 'background',
                      harm=write(CLASSES, 'background\nhouse\n')),
    'no classes': bad(TRAIN, f'W/{CLASSES}', harm=write(CLASSES, '\n')),
    '300 classes': bad(TRAIN, f'W/{CLASSES}', 'too many', harm=write(
        CLASSES, '\n'.join(map(str, range(300))))),
    'classes in UTF-16 without a mark': bad(
        TRAIN, f'W/{CLASSES}', 'NUL', harm=write(
            CLASSES, 'house\n'.encode('utf-16-le'))),
    'class that nobody declared': bad(
        TRAIN, "'house'", 'classes.txt', harm=write(CLASSES, 'cat\n')),
    'XML of many entities': bad(TRAIN, f'W/{XML}', harm=write(
        XML, '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + ''.join(
            f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip(
                'abcdefghi', 'bcdefghij', strict=True))
        + ']><annotation><object><name>&j;</name></object></annotation>')),
    'XML in an unknown encoding': bad(TRAIN, f'W/{XML}', harm=write(
        XML, '<?xml version="1.0" encoding="klingon"?><annotation/>')),
    'XML in UTF-8 that it is not': bad(TRAIN, f'W/{XML}', harm=write(
        XML, '<annotation><object><name>caf\xe9</name></object></annotation>'
        .encode('latin-1'))),
    'deep XML': bad(TRAIN, f'W/{XML}', harm=write(
        XML, '<a>' * 100000 + '</a>' * 100000)),
    'object without a name': bad(TRAIN, f'W/{XML}', 'name', harm=write(
        XML, '<annotation><object/></annotation>')),
    'no annotation of it': bad(TRAIN, f'W/{XML}', harm=write(
        XML, '<html/>')),
    'deep JSON': labels('json', '[' * 100000, 'bracket'),
    'deep JSON of objects': labels('json', '{"a":' * 100000, 'bracket'),
    'key that stands twice': labels(
        'json', '{"train_00001": ["a"], "train_00001": ["b"]}', 'twice'),
    'numbers of classes': labels('json', dict.fromkeys(IDS, [1, 2])),
    'JSON of a number': labels('json', '5'),
    'JSON of nothing': labels('json', '{}'),
    'JSON of NaN': labels('json', dict.fromkeys(IDS, [float('nan')])),
    'COCO without categories': labels('json', dict(
        images=[dict(id=1, file_name='train_00001.jpg')],
        annotations=[dict(image_id=1, category_id=2)])),
    'COCO of another category': labels('json', dict(
        images=[dict(id=1, file_name='train_00001.jpg')],
        categories=[dict(id=1, name='cat')],
        annotations=[dict(image_id=1, category_id=2)])),
    'COCO of no images': labels('json', dict(
        images=5, annotations=[dict()], categories=None)),
    'CSV of one column': labels('csv', 'train_00001\ntrain_00002\n'),
    'CSV with an open quote': labels('csv', 'a.jpg,"cat\nb.jpg,dog\n'),
    'CSV of other pictures': labels('csv', 'x.jpg,cat\ny.jpg,dog\n'),
    'CSV in Excel\'s own format': labels('csv', b'PK\x03\x04', 'CSV'),
    'CSV with NUL': labels('csv', b'train_00001,c\0at\n', 'NUL'),
    'names that differ by case': labels('csv', ''.join(
        f'{one},{name}\n' for one, name in zip(
            IDS, ['Cat', 'cat'] * 6, strict=True)), 'merge-names'),
    'classes of one picture': bad(
        PREPARE.format('mine.csv'), 'spared', harm=write(
            'mine.csv', 'train_00001,cat\n')),
    'pickle': labels('pkl', b'\x80\x04}.', 'CSV'),
    'XML that is no labels': labels('xml', '<html></html>'),
    'mask of another size': bad(SEGMENTOR, 'train_00003', harm=picture(
        MASK, (50, 40))),
    'mask in colour': bad(SEGMENTOR, 'train_00003', 'RGB', harm=picture(
        MASK, (96, 72), 'RGB')),
    'mask of a class that is not there': bad(
        SEGMENTOR, 'train_00003', 'label 9', harm=lambda folder: (
            Image.new('L', (96, 72), 9).save(folder / MASK))),
    'no masks': bad(SEGMENTOR, 'W/masks', harm=remove('masks')),
    'other picture than its CAMs': bad(
        AFFINITY, f'W/{CAM}', '50 x 40', harm=picture(
            'data/JPEGImages/train_00003.jpg', (50, 40), 'RGB')),
    **{f'CAM file with {name}={value!r:.20}': bad(
        AFFINITY, f'W/{CAM}', harm=array(CAM, **{**MAPS, name: value}))
       for name, value in (
           ('keys', np.array([9])), ('keys', np.array([-1])),
           ('keys', np.array([0.5])), ('keys', np.array([0, 0])),
           ('cam', np.full((1, 18, 24), np.nan)), ('cam', np.ones((18, 24))),
           ('cam', np.array(['a'])), ('size', np.array([0, 0])),
           ('size', np.array([9, 9, 9])), ('size', np.array([2**40, 4])),
           ('scores', np.array([np.nan] * 5)))},
    'CAM file without maps': bad(AFFINITY, f'W/{CAM}', harm=array(
        CAM, keys=np.array([0]))),
    'CAM file of objects': bad(AFFINITY, f'W/{CAM}', harm=array(
        CAM, **{**MAPS, 'cam': np.array([{}], dtype=object)})),
    'checkpoint of another network': bad(
        CAMS, 'W/classifier.pth', 'another model', harm=lambda folder: (
            folder / 'classifier.pth').write_bytes(
                (folder / 'irnet.pth').read_bytes())),
    'checkpoint of a number': bad(CAMS, 'W/classifier.pth', harm=torch_file(
        'classifier.pth', 5)),
    'checkpoint of a list': bad(CAMS, 'W/classifier.pth', harm=torch_file(
        'classifier.pth', [torch.zeros(2)])),
    'checkpoint of texts': bad(CAMS, 'W/classifier.pth', harm=torch_file(
        'classifier.pth', dict(state_dict=dict(a='b')))),
    'checkpoint of NaN': bad(
        CAMS, 'W/classifier.pth', 'NaN', harm=torch_file(
            'classifier.pth', dict(state_dict=dict(a=torch.tensor(np.nan))))),
    'checkpoint of nothing': bad(CAMS, 'W/classifier.pth', harm=torch_file(
        'classifier.pth', {})),
    'checkpoint whose meta is a text': bad(
        CAMS, 'W/classifier.pth', harm=torch_file('classifier.pth', dict(
            state_dict={}, meta='a'))),
    **{f'config: {text:.30}': config(text) for text in (
        'model = (', 'import nothing_of_that_name', '1 / 0', '[][1]',
        'raise RuntimeError', 'a = b', 'model = dict(type="COMNet")',
        '_base_ = "nowhere.py"', '_base_ = 5',
        'import sys\nsys.setrecursionlimit(50)\ndef f():\n    f()\nf()',
        'import sys\nsys.exit(3)', 'model = 5', 'model = None', 'a = "\0"',
        'custom_imports = dict(imports=["nothing_of_that_name"])')},
    **{f'record: {text:.40}': record(text) for text in (
        '[]', '5', 'null', '{}', '[' * 100000, '"a"',
        '{"settings": 5, "inputs": {}}', '{"settings": {}, "inputs": []}',
        '{' + FIELDS + '"finished": "yes"}', '{' + FIELDS + '"more": 1}',
        '{' + FIELDS + '"seconds": NaN}', '{' + FIELDS + '"results": 5}',
        '{"settings": {}, "settings": {}, "inputs": {}}')},
    **{f'run.json: {json.dumps(content):.40}': run_json(content)
       for content in (
           [], 5, {}, dict(methods={}), dict(data_root=5, methods={}),
           dict(data_root='a', methods=[]),
           dict(data_root='a', methods=dict(a=5)),
           dict(data_root='a', methods=dict(a=dict(b=5))),
           dict(data_root='a', methods=dict(a=dict(b=dict(STEP, files=5)))),
           dict(data_root='a', methods=dict(a=dict(b=dict(
               STEP, measure=5)))))},
}


@pytest.mark.parametrize('name', ROWS)
def test_one_line(name: str, workshop: Path, tmp_path: Path) -> None:
    check_row(ROWS[name], copy_workshop(workshop, tmp_path / 'w'))

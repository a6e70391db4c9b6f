# Copyright (c) COMNet contributors. All rights reserved.
"""Labels as people and their programs write them.

Each is read as what it means, which is told, or refused in one line.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from comnet.datasets.image_labels import read_source
from comnet.datasets.label_names import odd_names, twins
from comnet.utils import InputError

IDS = ['a', 'b', 'c', 'd']
# two classes in b, none in d
SHOWN = {'a': ['cat'], 'b': ['cat', 'dog'], 'c': ['dog'], 'd': []}
LABELLED = {image_id: SHOWN[image_id] for image_id in 'abc'}
ONE_EACH = {'a': ['cat'], 'b': ['dog'], 'c': ['dog']}


def read(path: Path, content: object, ids: list[str] = IDS,
         classes: list[str] | None = None):
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str)
                        else json.dumps(content), encoding='utf-8')
    return read_source(path, ids, classes)


def xml(names: list[str]) -> str:
    return '<annotation>' + ''.join(
        f'<object><name>{name}</name></object>' for name in names
    ) + '</annotation>'


def coco(**boxes: object) -> dict:
    return dict(
        images=[dict(id=number, file_name=f'{name}.jpg')
                for number, name in enumerate(IDS)],
        categories=[dict(id=7, name='cat'), dict(id=9, name='dog'),
                    dict(id=0, name='animals')],
        annotations=[dict(id=10 * number + k, image_id=number, category_id=k,
                          **boxes)
                     for number, name in enumerate(IDS)
                     for k, label in ((7, 'cat'), (9, 'dog'))
                     if label in SHOWN[name]])


def label_studio(name: str, classes: list[str]) -> dict:
    return dict(
        id=1, data=dict(image=f'/data/upload/3/0a1b2c3d-{name}.jpg'),
        annotations=[dict(was_cancelled=False, result=[dict(
            type='choices', value=dict(choices=classes))])])


CVAT = ('<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1'
        '</version>' + ''.join(
            f'<image id="{number}" name="sub/{name}.jpg" width="9">' + ''.join(
                f'<tag label="{label}" source="manual"/>'
                for label in SHOWN[name]) + '</image>'
            for number, name in enumerate(IDS)) + '</annotations>')
LINES = 'image,label\na.jpg,cat\nb.jpg,dog\nc.jpg,dog\n'

# what it is: the file, how it is read, what it shows
TABLES: dict[str, tuple[object, str, Mapping[str, list[str]]]] = {
    'one-hot': ('image,cat,dog\na.jpg,1,0\nb.jpg,0,1\nc.jpg,0,1\n',
                'one-hot', ONE_EACH),
    "Roboflow's _classes.csv": (
        'filename, cat, dog\na.jpg, 1, 0\nb.jpg, 1, 1\nc.jpg, 0, 1\n'
        'd.jpg, 0, 0\n', 'multi-hot', SHOWN),
    'numbers with a point': (
        'image,cat,dog\na,1.0,0.0\nb,1.0,1.0\nc,0.0,1.0\nd,0.0,0.0\n',
        'multi-hot', SHOWN),
    'true and false': (
        'Image Index;cat;dog\na;True;False\nb;True;True\nc;False;True\n'
        'd;False;False\n', 'multi-hot', SHOWN),
    'CheXpert, blank and -1': (
        'Path,Sex,Age,cat,dog\nset/p/a.jpg,F,61,1.0,\nset/p/b.jpg,M,7,1.0,1.0'
        '\nset/p/c.jpg,F,9,-1.0,1.0\nset/p/d.jpg,F,8,,0.0\n', 'multi-hot',
        SHOWN),
    'blanks in two columns of classes': (
        'image,class,class\na,cat,\nb,cat,dog\nc,dog,\n', "column 'class'",
        LABELLED),
    'one class, there or not': (
        'image,cat\na,1\nb,1\nc,0\n', 'one-hot',
        {'a': ['cat'], 'b': ['cat'], 'c': []}),
    'quoted commas': ('image,labels\na.jpg,cat\nb.jpg,"cat, dog"\nc.jpg,dog\n',
                      "several classes in a cell ('cat, dog')", LABELLED),
    'bars': ('image,Finding Labels\na.jpg,cat\nb.jpg,cat|dog\nc.jpg,dog\n',
             "'Finding Labels', several classes", LABELLED),
    'semicolons in commas': ('a.jpg,cat\nb.jpg,cat;dog\nc.jpg,dog\n',
                             'several', LABELLED),
    'commas in semicolons': (
        'file;tags\na.jpg;cat\nb.jpg;cat,dog\nc.jpg;dog\n', 'several',
        LABELLED),
    'JSON lists': (
        'image,labels\na.jpg,"[""cat""]"\nb.jpg,"[""cat"", ""dog""]"\n'
        'c.jpg,"[""dog""]"\nd.jpg,[]\n', 'several', SHOWN),
    "Python's lists": (
        'image,labels\na.jpg,"[\'cat\']"\nb.jpg,"[\'cat\', \'dog\']"\n'
        'c.jpg,"[\'dog\']"\n', 'several', LABELLED),
    "NumPy's lists": (
        "image,labels\na.jpg,['cat']\nb.jpg,['cat' 'dog']\nc.jpg,['dog']\n",
        'several', LABELLED),
    "Label Studio's CSV": (
        'annotation_id,annotator,choice,id,image,lead_time\n5,1,cat,1,'
        '/data/upload/1/0a1b2c3d-a.jpg,2.1\n6,1,"{""choices"":[""cat"","'
        '"dog""]}",2,/data/upload/1/1a1b2c3d-b.jpg,3\n7,1,dog,3,'
        '/data/upload/1/2a1b2c3d-c.jpg,4\n', 'several', LABELLED),
    'index of pandas': (
        ',image,label\n0,a.jpg,cat\n1,b.jpg,dog\n2,c.jpg,dog\n',
        "the column 'label'", ONE_EACH),
    'index and one-hot': (
        'Unnamed: 0,image,cat,dog\n0,a.jpg,1,0\n1,b.jpg,0,1\n2,c.jpg,0,1\n',
        'one-hot', ONE_EACH),
    'columns beside': (
        'image,split,label,age\na.jpg,train,cat,3\nb.jpg,val,dog,4\n'
        'c.jpg,train,dog,1\n', "the column 'label'", ONE_EACH),
    'split and a column of any name': (
        'image,split,animal\na.jpg,train,cat\nb.jpg,val,dog\nc.jpg,val,dog\n',
        "the column 'animal'", ONE_EACH),
    'split without a header': (
        'a.jpg,train,cat\nb.jpg,val,dog\nc.jpg,train,dog\n', 'a line an image',
        ONE_EACH),
    'boxes without a header': (
        'x/a.jpg,1,2,3,4,cat\nx/b.jpg,1,2,3,4,dog\nx/c.jpg,5,6,7,8,dog\n',
        'a line an image', ONE_EACH),
    'boxes, a line each': (
        'filename,width,height,class,xmin\na.jpg,9,9,cat,1\nb.jpg,9,9,cat,1\n'
        'b.jpg,9,9,dog,1\nb.jpg,9,9,dog,3\nc.jpg,9,9,dog,1\n',
        "the column 'class'", LABELLED),
    'number beside the name': (
        'image,label,class_name\na,0,cat\nb,1,dog\nc,1,dog\n',
        "the column 'class_name'", ONE_EACH),
    'numbered columns': (
        'image,label_1,label_2\na,cat,\nb,cat,dog\nc,dog,\n', 'label_1',
        LABELLED),
    'Open Images': (
        'ImageID,Source,LabelName,Confidence\na,v,cat,1\na,v,dog,0\nb,v,cat,1'
        '\nb,v,dog,1\nc,v,dog,1\n', "the column 'LabelName'", LABELLED),
    'a line for each image and class': (
        'image,class,value\na,cat,1\na,dog,0\nb,cat,1\nb,dog,1\nc,cat,0\n'
        'c,dog,1\nd,cat,0\nd,dog,0\n', "the column 'class'", SHOWN),
    'the same by other names': (
        'class,image,label\ncat,a,1\ndog,a,0\ncat,b,1\ndog,b,1\ncat,c,0\n'
        'dog,c,1\ncat,d,0\ndog,d,0\n', "the column 'class'", SHOWN),
    'the same without a header': (
        'a,cat,1\na,dog,0\nb,cat,1\nb,dog,1\nc,cat,0\nc,dog,1\nd,cat,0\n'
        'd,dog,0\n', 'a line an image', SHOWN),
    'a flag of something else': (
        'image,label,verified\na,cat,1\nb,dog,0\nc,dog,0\n', 'label',
        ONE_EACH),
    "Google's AutoML": (
        'TRAIN,gs://x/a.jpg,cat\nTEST,gs://x/b.jpg,cat,dog\n'
        'UNASSIGNED,gs://x/c.jpg,dog\n', 'a line an image', LABELLED),
    'ticks': ('image,cat,dog\na,✓,\nb,✓,✔\nc,,✓\nd,,\n', 'multi-hot', SHOWN),
    'dashes for nothing': ('image,label\na,cat\nb,"cat, dog"\nc,dog\nd,-\n',
                           'label', SHOWN),
    'blanks between': ('x/a.jpg cat\nx/b.jpg  dog\nx/c.jpg dog\n',
                       'a line an image', ONE_EACH),
    'paths of Windows': (
        'image,label\nC:\\x\\p\\a.jpg,cat\nC:\\x\\p\\b.jpg,dog\n'
        'C:\\x\\p\\c.jpg,dog\n', 'label', ONE_EACH),
    'addresses': (
        'image,label\ns3://bucket/p/a.jpg,cat\nhttps://h/b.jpg?v=1,dog\n'
        'https://h/c.jpg,dog\n', 'label', ONE_EACH),
    'byte order mark': (b'\xef\xbb\xbf' + LINES.encode(), 'label', ONE_EACH),
    'UTF-16 of Excel': (LINES.replace(',', '\t').encode('utf-16'), 'label',
                        ONE_EACH),
    'Windows, and sep=': (
        b'sep=;\r\n' + LINES.replace(',', ';').replace('\n', '\r\n').encode(),
        'label', ONE_EACH),
    'tabs': (LINES.replace(',', '\t'), 'label', ONE_EACH),
    'quotes': ('"image","label"\n"a.jpg","cat"\n"b.jpg","dog"\n'
               '"c.jpg","dog"\n', 'label', ONE_EACH),
    'nan': ('image,label\na,cat\nb,dog\nc,dog\nd,nan\n', 'label',
            {**ONE_EACH, 'd': []}),
    'a class twice in a line': ('a,cat,cat\nb,dog,cat,dog\nc,dog\n', 'a line',
                                {**LABELLED, 'b': ['dog', 'cat']}),
}
FILES = {
    'COCO': (coco(bbox=[1, 2, 3, 4], area=12, iscrowd=0), 'COCO', SHOWN),
    'COCO without boxes': (coco(), 'COCO', SHOWN),
    'Label Studio': ([label_studio(*item) for item in SHOWN.items()],
                     'Label Studio', SHOWN),
    'Label Studio, short': (
        [dict(image=f'/data/upload/3/0a1b2c3d-{name}.jpg', id=1, annotator=1,
              choice=names[0] if len(names) == 1 else dict(choices=names))
         for name, names in LABELLED.items()], 'an object', LABELLED),
    'CVAT': (CVAT, 'CVAT', SHOWN),
    "FiftyOne's labels": (
        dict(classes=['cat', 'dog'],
             labels=dict(a=0, b=[0, 1], c=dict(label='dog'), d=None)),
        'FiftyOne', SHOWN),
    "FiftyOne's samples": (
        dict(samples=[dict(filepath=f'data/{name}.jpg', tags=['train'],
                           ground_truth=dict(
                               _cls='Classifications', classifications=[
                                   dict(label=label) for label in names]))
                      for name, names in SHOWN.items()]), 'FiftyOne', SHOWN),
    'metadata.jsonl': (
        '\n'.join(json.dumps(dict(file_name=f'{name}.jpg', label=names))
                  for name, names in SHOWN.items()), 'an object', SHOWN),
    'OpenMMLab': (
        dict(metainfo=dict(classes=['cat', 'dog']), data_list=[
            dict(img_path='a.jpg', gt_label=0),
            dict(img_path='b.jpg', gt_label=[0, 1]),
            dict(img_path='c.jpg', gt_label=[1])]), 'OpenMMLab', LABELLED),
    'flags by class': (
        {'a.jpg': dict(cat=1, dog=0), 'b.jpg': dict(cat=True, dog=True),
         'c.jpg': dict(cat=0.0, dog=1.0), 'd.jpg': dict(cat=0, dog=0)},
        'classes by image', SHOWN),
    'tags in a text': ({'a.jpg': 'cat', 'b.jpg': 'cat, dog', 'c.jpg': 'dog',
                        'd.jpg': None}, 'classes by image', SHOWN),
}


@pytest.mark.parametrize('content, kind, shown', [
    pytest.param(*case, id=name)
    for name, case in (TABLES | FILES).items()])
def test_read_as_what_it_means(
        tmp_path: Path, content: object, kind: str,
        shown: Mapping[str, list[str]]) -> None:
    """Whatever the file is called, and for the classes as they are known."""
    for classes in (None, ['cat', 'dog']):
        source = read(tmp_path / 'labels.txt', content, classes=classes)
        assert source.problems == []
        assert source.classes == shown
        assert kind in source.kind
        assert source.others == []


REFUSED: dict[str, tuple[object, str]] = {
    'two columns of text': (
        'image,animal,colour\na,cat,red\nb,dog,blue\n',
        "'animal', 'colour' could all be classes; call the one"),
    'label and tags': ('image,label,tags\na,cat,x\nb,dog,y\n',
                       "'label', 'tags' could all be classes"),
    'probabilities': ('image,cat,dog\na,0.9,0.1\nb,0.2,0.8\n',
                      "'cat', 'dog' hold numbers other than 1 and 0"),
    'counts': ('image,cat,dog\na,2,1\nb,0,1\n',
               "'cat' hold numbers other than 1 and 0"),
    'list without quotes': ("a,['cat', 'dog']\nb,['cat']\n",
                            'is a part of a list; put quotes'),
    'COCO without categories': (
        dict(images=[dict(id=1, file_name='a.jpg')], annotations=[]),
        "one of the categories without 'id' or 'name'"),
    'no names of the columns': ('a,1,0\nb,0,1\n', '1 and 0 without the names'),
    'no column of classes': ('image,width,height\na,3,4\nb,5,6\n',
                             'no column of classes'),
    'short line of a one-hot table': (
        'image,cat,dog\na,1\nb,1,1\n', ':2: 2 cells under a header of 3'),
    'commas without quotes': (
        'image,label,split\na,cat,dog,train\nb,dog,val\n',
        ':2: 4 cells under a header of 3'),
    'pictures as classes': ('x,cat\na,q.jpg\nb,q.jpg\n',
                            "class 'q.jpg' is the name of a picture"),
    'blanks between several': ('a.jpg dining table\nb.jpg cat dog\n',
                               'blanks between more than an image and a'),
    "VGG's annotator": (
        'filename,region_count,region_attributes\na.jpg,1,"{""x"":""cat""}"\n',
        "of VGG's annotator; export COCO"),
    'no name': ('image,label\na,cat\nb,?\n', "class '?' is no name; leave"),
    'prose': ('My labels\nare on the other disk\n', 'no line has an image'),
    'spreadsheet': (b'PK\3\4\0\0\0', 'a spreadsheet or an archive; save'),
    'pickle': (b'\x80\4\x95', 'pickled by Python'),
    'NUL': ('a,cat\0\nb,dog\n', 'has NUL bytes'),
    'GBK': ('a,\u732b\nb,\u72d7\n'.encode('gbk'), 'not UTF-8 text; save it'),
    'line break in a name': ({'a': ['cat\ndog']}, "class 'cat\\ndog' has a"),
    'deep JSON': ('[' * 200_000, 'JSON in too many brackets'),
    'key twice': ('{"a": ["cat"], "a": ["dog"]}', "key 'a' stands twice"),
    'images by class': ({'cat': ['a.jpg'], 'dog': ['b.jpg']},
                        'images by class; turn it round'),
    'number for a class': ([dict(file_name='a.jpg', label=0)],
                           'entry 1: a class is a number'),
    'category that is none': (
        {**coco(), 'categories': [dict(id=9, name='dog')]},
        'annotation 1: no such image or category'),
    'category twice': (
        {**coco(), 'categories': [dict(id=7, name='dog')] * 2},
        "'id' 7 stands twice in the categories"),
    'several fields': (
        dict(samples=[dict(filepath='a.jpg', x=dict(label='cat'),
                           y=dict(label='dog'))]), "several fields of labels"),
    'one annotation': (xml(['cat']), 'the annotation of one picture'),
    'other XML': ('<html/>', 'no <image> in <annotations>'),
    'name of two pictures': ('x/a.jpg,cat\ny/a.jpg,dog\n',
                             "'x/a.jpg' and 'y/a.jpg' both end like picture"),
    'two pictures of one name': ('a.jpg,cat\na.png,dog\n',
                                 "'a.jpg' and 'a.png' would be one picture"),
}


def complaint(ask: Callable) -> str:
    """Return the first line of what is wrong, and that it is one line."""
    try:
        line = ask().problems[0]
    except InputError as error:
        line = str(error)
    assert '; ' in line and '\n' not in line
    return line


@pytest.mark.parametrize('content, problem', [
    pytest.param(*case, id=name) for name, case in REFUSED.items()])
def test_refused_in_a_line(tmp_path: Path, content: object,
                           problem: str) -> None:
    path = tmp_path / 'labels.csv'
    line = complaint(lambda: read(path, content))
    assert line.startswith(str(path)) and problem in line


def test_name_that_ends_like_two_pictures(tmp_path: Path) -> None:
    path = tmp_path / 'tags.csv'
    assert "'/p/a.jpg' could be 'x/a' or 'y/a'" in complaint(
        lambda: read(path, '/p/a.jpg,cat\n', ['x/a', 'y/a']))
    assert read(path, '/p/x/a.jpg,cat\n/p/y/a.jpg,dog\n', ['x/a', 'y/a']
                ).classes == {'x/a': ['cat'], 'y/a': ['dog']}
    # those of a part of the pictures are not those of others
    assert read(path, 'x/a,cat\ny/b,dog\n', ['x/a', 'b']).classes == {
        'x/a': ['cat']}


def test_classes_with_numbers_in_their_names(tmp_path: Path) -> None:
    content = 'image,class 1,class 2\na,1,0\nb,1,1\n'
    assert read(tmp_path / 'a.csv', content).classes == {
        'a': ['class 1'], 'b': ['class 1', 'class 2']}


def test_known_class_is_not_taken_apart(tmp_path: Path) -> None:
    content = 'image,class\na,"tench, Tinca tinca"\nb,cat|dog\n'
    source = read(tmp_path / 'a.csv', content,
                  classes=['tench, Tinca tinca', 'cat', 'dog'])
    assert source.classes == {'a': ['tench, Tinca tinca'], 'b': ['cat', 'dog']}


@pytest.mark.parametrize('content, note', [
    ('image,split,label\na,train,cat\nb,val,dog\n', 'left out: split'),
    ('image,cat,dog\na,1,0\nb,-1,1\n', '1 cells of -1 count as not shown'),
    ('ImageID,LabelName,Confidence\na,cat,1\nb,dog,0\nb,cat,1\n',
     '1 lines with 0 as confidence'),
    ('image,label\na,cat\na,cat\n', '1 pictures have a class twice (a)'),
    ('image,label\na,K\xe4se\n'.encode('latin-1'), 'read as Latin-1'),
    ([dict(image='a', label=['cat ']), dict(image='b', label=['cat'])],
     "'cat' and 'cat ' are one class, 'cat'"),
    ([{**label_studio('a', ['cat']), 'annotations': []}], '1 tasks are not'),
])
def test_what_was_passed_over_is_told(tmp_path: Path, content: object,
                                      note: str) -> None:
    notes = read(tmp_path / 'labels', content).notes
    assert any(note in each for each in notes)


def test_accents_count_the_same(tmp_path: Path) -> None:
    """Macs write e and its accent as two characters."""
    source = read(tmp_path / 'a.csv', 'caf\xe9.jpg,Caf\xe9\nb,Cafe\u0301\n',
                  ['cafe\u0301', 'b'])
    assert source.classes == {'cafe\u0301': ['Caf\xe9'], 'b': ['Caf\xe9']}


def put(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


FOLDERS = {
    'hidden files': (
        ('cat/a.jpg', 'dog/b.jpg', 'dog/2024/c.jpg', 'cat/.DS_Store',
         '.DS_Store', 'cat/._a.jpg', '.ipynb_checkpoints/a.jpg',
         '__MACOSX/cat/a.jpg', 'dog/Thumbs.db'), {'2024/c': ['dog']}),
    'a picture at the root': (
        ('logo.png', 'cat/a.jpg', 'dog/b.jpg', 'dog/c.jpg'), {'c': ['dog']}),
    'a list at the root': (
        ('README.txt', 'notes.xml', 'cat/a.jpg', 'dog/b.jpg', 'dog/c.jpg'),
        {'c': ['dog']}),
    'splits above': (
        ('train/cat/a.jpg', 'train/dog/b.jpg', 'Val/dog/c.jpg'),
        {'c': ['dog']}),
    "ImageNet's names": (
        ('n01/n01_1.JPEG', 'n02/n02_1.JPEG'), None),
}


@pytest.mark.parametrize('files, third', FOLDERS.values(), ids=FOLDERS)
def test_a_folder_a_class(tmp_path: Path, files: tuple[str, ...],
                          third: dict | None) -> None:
    root = put(tmp_path / 'x', *files)
    if third is None:
        assert read_source(root, ['n01_1', 'n02_1']).classes == {
            'n01_1': ['n01'], 'n02_1': ['n02']}
        return
    ids = ['a', 'b', *third]
    source = read_source(root, ids)
    assert source.kind.startswith('a folder a class')
    assert source.classes == {'a': ['cat'], 'b': ['dog'], **third}


@pytest.mark.parametrize('files, problem', [
    (('train/a.jpg', 'val/b.jpg'), 'lies in the folder of a split'),
    (('data/cat/a.jpg', 'data/dog/b.jpg'), 'one folder, in which there are'),
    (('Data/CLS-LOC/n01/a.JPEG', 'Data/CLS-LOC/n02/b.JPEG'),
     'give .*/Data/CLS-LOC if these are the classes'),
    (('metadata.jsonl', 'a.jpg'), 'no labels in it.*such as .*metadata.jsonl'),
    (('a.png', 'b.png'), 'masks hold no names of classes'),
    (('.DS_Store', ), 'no labels in it'),
])
def test_folder_of_no_classes(tmp_path: Path, files: tuple[str, ...],
                              problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_source(put(tmp_path / 'x', *files), IDS)


def test_name_that_is_no_utf8(tmp_path: Path) -> None:
    os.makedirs(os.fsencode(tmp_path) + b'/x/\xc3\xa8\xb9')
    with pytest.raises(InputError) as caught:
        read_source(tmp_path / 'x', IDS)
    assert '\\xb9: its name is not UTF-8' in str(caught.value)
    str(caught.value).encode()


def test_annotations_in_any_encoding(tmp_path: Path) -> None:
    for number, (codec, name) in enumerate((
            ('gb2312', '\u732b'), ('utf-16', 'cat'), ('iso-8859-1', 'K\xe4se'),
            ('shift_jis', '\u732b'))):
        (tmp_path / f'{IDS[number]}.xml').write_bytes(
            f'<?xml version="1.0" encoding="{codec}"?>{xml([name])}'.encode(
                codec))
    assert read_source(tmp_path, IDS).classes == dict(zip(
        IDS, (['\u732b'], ['cat'], ['K\xe4se'], ['\u732b']), strict=True))


def test_annotations_of_pictures_without_an_object(tmp_path: Path) -> None:
    for name, names in SHOWN.items():
        (tmp_path / f'{name}.jpg.xml').write_text(xml(names))
    source = read_source(tmp_path, IDS)
    assert source.problems == []
    assert source.classes == SHOWN


@pytest.mark.parametrize('text, problem', [
    ('<?xml version="1.0" encoding="klingon"?><annotation/>', 'not valid XML'),
    ('<annotation><object/></annotation>', 'an object without a name'),
])
def test_annotation_that_is_no_good(tmp_path: Path, text: str,
                                    problem: str) -> None:
    (tmp_path / 'a.xml').write_text(text)
    assert problem in complaint(lambda: read_source(tmp_path, IDS))


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """It would be waited for."""
    os.mkfifo(tmp_path / 'tags.csv')
    with pytest.raises(InputError, match='no regular file'):
        read_source(tmp_path / 'tags.csv', IDS)
    os.mkfifo(tmp_path / 'a.xml')
    assert 'no regular file' in complaint(lambda: read_source(tmp_path, IDS))


@pytest.mark.parametrize('counts, number, line', [
    ({'cat': 3, '7': 2}, 9, 'are numbers: 7'),
    ({'train': 3, 'val': 2}, 9, 'called like splits: train, val'),
    ({'cat': 3, 'No_Label': 2}, 9, 'sound like none: No_Label; name'),
    ({'cat': 1, 'dog': 2}, 9, 'of one picture: cat'),
    ({'cat': 9, 'dog': 2}, 9, 'every picture has the class cat'),
    ({'cat': 2, 'dog': 2, 'cat dog': 2}, 9, 'share words: cat dog'),
    ({'haze road': 2, 'clear road': 2, 'haze clear': 2}, 9, 'share words'),
    ({'cat/dog': 2, 'dog/cow': 2, 'cow/cat': 2}, 9, 'share words'),
])
def test_names_that_classes_seldom_have(counts: dict[str, int], number: int,
                                        line: str) -> None:
    assert [line in each for each in odd_names(Counter(counts), number)] == [
        True]


def test_names_that_classes_have() -> None:
    assert odd_names(Counter({
        'traffic light': 2, 'stop sign': 3, 'dining table': 4, 'n01': 3,
        'train': 2, 'Ri\xdf / \xf6l': 2}), 9) == []


def test_twins() -> None:
    assert twins(['Dog', 'cat', 'dog', 'stop_sign', 'stop sign', '11', '1 1']
                 ) == [['Dog', 'dog'], ['stop sign', 'stop_sign']]

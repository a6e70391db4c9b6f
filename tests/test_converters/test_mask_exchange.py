# Copyright (c) COMNet contributors. All rights reserved.
"""Masks go out to programs in which they are drawn, and come back."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from helpers.tiny import SPLIT, TRAIN_IDS
from helpers.tool_runner import error_of, run_tool
from matplotlib.path import Path as MPLPath
from PIL import Image

from comnet.converters.mask_exchange import export_masks, import_masks
from comnet.converters.mask_formats.formats import FORMATS
from comnet.converters.mask_formats.shapes import fill, outlines
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask, read_classes, save_mask
from comnet.utils import InputError

SIZE = 72, 96


def hard_mask(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Draw labels with holes, islands in them, and pixels that touch."""
    rng = np.random.default_rng(seed)
    mask = rng.integers(0, 3, size).astype(np.uint8)  # single pixels
    mask[:, size[1] // 2:] = 0
    mask[5:40, 50:90] = 2  # with a hole, an island in it, and another class
    mask[10:35, 55:85] = 0
    mask[15:30, 60:80] = 2
    mask[20:25, 65:70] = 4
    mask[-1, :] = mask[:, -1] = 3  # along the edge
    return mask


@pytest.fixture
def root(demo_root: Path, tmp_path: Path) -> Path:
    shutil.copytree(demo_root, tmp_path / 'data')
    return tmp_path / 'data'


@pytest.fixture
def masks(root: Path, tmp_path: Path) -> Path:
    """Return a folder of hard masks; the first has ignored pixels, too."""
    for number, image_id in enumerate(TRAIN_IDS):
        mask = hard_mask(number)
        if number == 0:
            mask[50:60, 50:60] = 255
        save_mask(tmp_path / f'masks/{image_id}.png', mask)
    save_mask(tmp_path / f'masks/{TRAIN_IDS[1]}.png', np.zeros(SIZE))
    return tmp_path / 'masks'


def assert_same(folder: Path, masks: Path) -> None:
    for path in folder.rglob('*.png'):
        expected = load_mask(masks / path.relative_to(folder))
        np.testing.assert_array_equal(load_mask(path), expected, str(path))


@pytest.mark.parametrize('name', FORMATS)
def test_what_nobody_changed_comes_back_pixel_by_pixel(
        root: Path, masks: Path, tmp_path: Path, name: str) -> None:
    """Polygons, too: they run along the edges of pixels."""
    export_masks(root, masks, tmp_path / 'out', name)
    changed = import_masks(root, tmp_path / 'out', name)
    assert changed == dict.fromkeys(changed, True)
    assert sorted(changed) == TRAIN_IDS
    assert_same(root / 'corrected', masks)
    assert not any(import_masks(root, tmp_path / 'out', name).values())
    pictures = {path.stem for path in (tmp_path / 'out').rglob('*.jpg')}
    assert pictures == {*TRAIN_IDS}


@pytest.mark.parametrize('seed', range(20))
def test_outlines_enclose_their_region(seed: int) -> None:
    """For random regions, full of holes and corners that touch."""
    rng = np.random.default_rng(seed)
    region = rng.random((17, 23)) < rng.uniform(0.1, 0.9)
    parts = [fill(points, region.shape) for points in outlines(region)]
    assert np.sum(parts, axis=0).max() <= 1  # parts do not overlap
    np.testing.assert_array_equal(np.any(parts, axis=0), region)


@pytest.mark.parametrize('seed', range(5))
def test_pixels_are_inside_where_their_centre_is(seed: int) -> None:
    """Against matplotlib, for an outline that does not cross itself."""
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
    radius = rng.uniform(3, 8, 12)
    points = np.stack([12 + radius * np.cos(angles),
                       8.5 + radius * np.sin(angles)], axis=1)
    rows, columns = np.mgrid[:17, :24] + 0.5
    expected = MPLPath(points).contains_points(
        np.stack([columns.flatten(), rows.flatten()], axis=1))
    found = fill(points, (17, 24))
    np.testing.assert_array_equal(found, expected.reshape(17, 24))
    assert found.sum() > 30


@pytest.mark.parametrize('tolerance', [1.0, 2.0])
def test_simplified_outlines_stay_near(
        root: Path, tmp_path: Path, tolerance: float) -> None:
    """No pixel farther from the outline than the tolerance changes."""
    rows, columns = np.mgrid[:SIZE[0], :SIZE[1]]
    disc = (rows - 36)**2 + (columns - 48)**2 < 30**2
    save_mask(tmp_path / f'masks/{TRAIN_IDS[0]}.png', disc * 1)
    corners = []
    for given in (0, tolerance):
        out = tmp_path / f'out{given}'
        export_masks(root, tmp_path / 'masks', out, 'labelme',
                     tolerance=given)
        shapes = json.loads((out / f'{TRAIN_IDS[0]}.json').read_text())
        corners.append(len(shapes['shapes'][0]['points']))
    assert corners[1] < corners[0] / 3
    import_masks(root, out, 'labelme')
    mask = load_mask(root / f'corrected/{TRAIN_IDS[0]}.png') == 1
    away = np.abs(np.hypot(rows - 36, columns - 48) - 30)
    assert away[mask != disc].max() <= tolerance + 1


def test_the_most_suspicious_come_first(
        root: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    classes = read_classes(root)
    good = np.zeros(SIZE, np.uint8)
    good[20:50, 20:60] = 1
    whole, tiny, other = (good * 0 + 1 for _ in range(3))
    tiny[:], tiny[0, :5] = 0, 1
    other[:] = good * 2
    drawn = [good, good, whole, tiny, other, good * 0]
    rows = ['image,class']
    for image_id, mask in zip(TRAIN_IDS, drawn, strict=False):
        save_mask(tmp_path / f'masks/{image_id}.png', mask)
        rows.append(f'{image_id},{classes[0]}')
        CAMFile(np.array([0]), np.full((1, 18, 24), 0.9), SIZE).save(
            tmp_path / f'cams/{image_id}.npz')
    unsure = np.full((1, 18, 24), 0.1)
    unsure[0, 0, 0] = 1  # its highest, outside of the mask
    CAMFile(np.array([0]), unsure, SIZE).save(
        tmp_path / f'cams/{TRAIN_IDS[1]}.npz')
    (root / 'labels.csv').write_text('\n'.join(rows))
    run = run_tool('export_masks.py', tmp_path / 'masks', tmp_path / 'out',
                   '--data-root', root, '--format', 'png', '--number', 5,
                   '--cam-dir', tmp_path / 'cams')
    assert run.code == 0, run.err
    first, second = classes[:2]
    assert run.out.splitlines()[-6:] == [
        f'{TRAIN_IDS[4]}: no pixel of {first}; {second}, which is no label; '
        'low mean score: 0.00',
        f'{TRAIN_IDS[5]}: no pixel of {first}; empty',
        f'{TRAIN_IDS[1]}: low mean score: 0.10',
        f'{TRAIN_IDS[2]}: the whole picture: 100%',
        f'{TRAIN_IDS[3]}: tiny: 0.07% of the picture',
        f'{tmp_path}/out: 5 masks as png']
    assert len([*(tmp_path / 'out/SegmentationClass').iterdir()]) == 5


def test_pictures_that_note_a_rotation_are_written_upright(
        root: Path, tmp_path: Path) -> None:
    path = root / f'JPEGImages/{TRAIN_IDS[0]}.jpg'
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(path) as image:
        image.save(path, exif=exif)
    save_mask(tmp_path / f'masks/{TRAIN_IDS[0]}.png', hard_mask(0, (96, 72)))
    export_masks(root, tmp_path / 'masks', tmp_path / 'out', 'coco')
    with Image.open(tmp_path / f'out/images/{path.name}') as image:
        assert image.size == (72, 96)
        assert 0x0112 not in image.getexif()
    import_masks(root, tmp_path / 'out', 'coco')
    assert_same(root / 'corrected', tmp_path / 'masks')


def test_polygons_of_coco_are_drawn_by_pycocotools(
        root: Path, masks: Path, tmp_path: Path) -> None:
    """The smaller one above; CVAT's brush draws crowds of a class."""
    content = dict(
        images=[dict(id=number, file_name=f'{image_id}.jpg', height=72,
                     width=96) for number, image_id in enumerate(TRAIN_IDS)],
        categories=[dict(id=7, name=read_classes(root)[2]),
                    dict(id=9, name=read_classes(root)[0])],
        annotations=[
            dict(image_id=0, category_id=7, iscrowd=0, area=400, segmentation=[
                [10, 10, 30, 10, 30, 30, 10, 30]]),
            dict(image_id=0, category_id=9, iscrowd=1, area=900,
                 segmentation=dict(size=[72, 96], counts=[
                     72 * 5, 72 * 10, 72 * 81]))])
    path = tmp_path / 'instances.json'
    path.write_text(json.dumps(content))
    assert len(import_masks(root, path, 'coco', tmp_path / 'new')) == 12
    mask = load_mask(tmp_path / f'new/{TRAIN_IDS[0]}.png')
    assert {*np.unique(mask[10:30, 10:30])} == {3}
    assert (mask[:, 5:10] == 1).all() and mask[40, 40] == 0
    assert not load_mask(tmp_path / f'new/{TRAIN_IDS[1]}.png').any()


def test_shapes_that_cvat_and_labelme_draw(
        root: Path, tmp_path: Path) -> None:
    first, second = read_classes(root)[:2]
    (tmp_path / 'a.xml').write_text(f'''<annotations><image width="96"
        height="72" name="{TRAIN_IDS[0]}.jpg"><tag label="x"/>
        <box label="{second}" xtl="4" ytl="2" xbr="8" ybr="6" z_order="1"/>
        <polygon label="{first}" points="0,0;20,0;20,10;0,10" z_order="0"/>
        </image></annotations>''')
    expected = np.zeros(SIZE, np.uint8)
    expected[:10, :20] = 1
    expected[2:6, 4:8] = 2
    import_masks(root, tmp_path / 'a.xml', 'cvat')
    np.testing.assert_array_equal(
        load_mask(root / f'corrected/{TRAIN_IDS[0]}.png'), expected)
    (tmp_path / 'lm').mkdir()
    (tmp_path / f'lm/{TRAIN_IDS[1]}.json').write_text(json.dumps(dict(
        imageHeight=72, imageWidth=96, shapes=[
            dict(label=first, points=[[0, 0], [20, 0], [20, 10], [0, 10]]),
            dict(label=second, shape_type='rectangle',
                 points=[[8, 6], [4, 2]])])))
    import_masks(root, tmp_path / 'lm', 'labelme')
    np.testing.assert_array_equal(
        load_mask(root / f'corrected/{TRAIN_IDS[1]}.png'), expected)


def test_colours_count_however_a_program_saves_them(
        root: Path, masks: Path, tmp_path: Path) -> None:
    """As RGB, or with a palette in another order."""
    export_masks(root, masks, tmp_path / 'out', 'png')
    folder = tmp_path / 'out/SegmentationClass'
    for number, path in enumerate(sorted(folder.iterdir())):
        with Image.open(path) as image:
            rgb = image.convert('RGB')
        (rgb if number % 2 else rgb.quantize(16)).save(path)
    import_masks(root, tmp_path / 'out', 'png')
    assert_same(root / 'corrected', masks)


def change_json(path: Path, change: Callable[[dict], object]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def change_text(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert re.search(old, text)
    path.write_text(re.sub(old, new, text, count=1))


ONE = TRAIN_IDS[2]
COCO, CVAT = 'annotations.json', 'annotations.xml'
YOLO, PNG = f'labels/{ONE}.txt', f'SegmentationClass/{ONE}.png'
LABELME = f'{ONE}.json'
BAD: list[tuple[str, Callable[[Path], object], str]] = [
    ('coco', lambda out: change_text(out / COCO, '"fish"', '"fsh"'),
     "annotations.json: '.*': class 'fsh' is not in classes.txt"),
    ('coco', lambda out: change_text(out / COCO, '"width": 96', '"width": 9'),
     "'.*': 9 x 72 pixels, its picture has 96 x 72"),
    ('coco', lambda out: change_text(out / COCO, f'{ONE}.jpg', 'who.jpg'),
     "'who.jpg' is no image of ImageSets/Segmentation/train.txt"),
    ('coco', lambda out: change_text(out / COCO, f'{ONE}.jpg',
                                     f'{TRAIN_IDS[3]}.jpg'),
     f"image '{TRAIN_IDS[3]}' stands twice"),
    ('coco', lambda out: change_text(out / COCO, '"counts": "', '"counts": "'
                                     'zz'), 'no segmentation of COCO'),
    ('coco', lambda out: change_text(out / COCO, '"category_id": 1',
                                     '"category_id": 99'),
     'annotation 1: no image, category or segmentation'),
    ('coco', lambda out: (out / COCO).write_text('[1]'), 'no object of JSON'),
    ('coco', lambda out: (out / COCO).write_text('{}'), 'no images, annot'),
    ('coco', lambda out: (out / COCO).unlink(), 'no .json in it'),
    ('coco', lambda out: shutil.copy(out / COCO, out / 'b.json'),
     'annotations.json and b.json could both be meant'),
    ('yolo', lambda out: (out / YOLO).write_text('0 0.1 0.1 0.9 0.1 1.2 1'),
     r'the point \(115.2, 72\) lies beside the picture of 96 x 72 pixels'),
    ('yolo', lambda out: (out / YOLO).write_text('77 0 0 1 0 1 1'),
     f'{ONE}.txt:1: class 77, but there are'),
    ('yolo', lambda out: (out / YOLO).write_text('\n0 0.5 0.5 0.2 0.2'),
     f'{ONE}.txt:2: no number of a class and outline'),
    ('yolo', lambda out: (out / YOLO).write_text('0 a b c d e f'),
     f'{ONE}.txt:1: no number of a class and outline'),
    ('yolo', lambda out: (out / 'data.yaml').write_text('names: 3'),
     'data.yaml: no names of classes'),
    ('yolo', lambda out: (out / 'data.yaml').write_text('a: [: b'),
     'data.yaml: not valid YAML'),
    ('yolo', lambda out: (out / 'data.yaml').write_text(
        yaml.safe_dump(dict(names=['fsh'] * 6))), "class 'fsh' is not in"),
    ('yolo', lambda out: (out / YOLO).rename(out / 'labels/who.txt'),
     "'who' is no image of"),
    ('labelme', lambda out: change_json(
        out / LABELME, lambda content: content.update(imageHeight=7)),
     f'{ONE}.json: 96 x 7 pixels, its picture has 96 x 72'),
    ('labelme', lambda out: change_json(
        out / LABELME, lambda content: content['shapes'][0].update(
            shape_type='circle')), "shape 1: shape_type is 'circle'"),
    ('labelme', lambda out: change_json(
        out / LABELME, lambda content: content['shapes'][0].update(
            points=[[1, 2], [3]])), 'its points are no pairs of numbers'),
    ('labelme', lambda out: change_json(
        out / LABELME, lambda content: content['shapes'][0].update(
            label='fsh')), "class 'fsh' is not in classes.txt"),
    ('labelme', lambda out: change_json(
        out / LABELME, lambda content: content.pop('shapes')), 'no shapes'),
    ('cvat', lambda out: change_text(out / CVAT, 'rle="', 'rle="9, '),
     'run lengths that are not of its'),
    ('cvat', lambda out: change_text(out / CVAT, 'left="[0-9]+"',
                                     'left="90"'), 'beside the picture'),
    ('cvat', lambda out: change_text(out / CVAT, 'width="96"', 'width="x"'),
     'no whole number'),
    ('cvat', lambda out: change_text(out / CVAT, '<mask ', '<polyline '),
     'a polyline covers no pixels; draw one of mask, polygon, box'),
    ('cvat', lambda out: change_text(out / CVAT, '</image>', ''),
     'not valid XML'),
    ('cvat', lambda out: (out / CVAT).write_text('<a/>'), 'no <image> in'),
    ('png', lambda out: save_mask(out / PNG, np.zeros((9, 9))),
     f'{ONE}.png: 9 x 9 pixels, its picture has 96 x 72'),
    ('png', lambda out: Image.new('RGB', SIZE[::-1], (1, 2, 3)).save(
        out / PNG), 'colour 1, 2, 3 is of no class'),
    ('png', lambda out: Image.new('L', SIZE[::-1], 99).save(out / PNG),
     'label 99 is of no class'),
    ('png', lambda out: (out / PNG).write_bytes(b'no'), 'not a readable mask'),
    ('png', lambda out: (out / 'labelmap.txt').write_text('cat'),
     'labelmap.txt:1: no name and colour'),
    ('png', lambda out: shutil.rmtree(out), 'no such file or folder'),
]


@pytest.fixture(scope='module')
def exported(demo_root: Path, tmp_path_factory: pytest.TempPathFactory
             ) -> Path:
    """Return a folder of all formats; copy what is to be changed."""
    folder = tmp_path_factory.mktemp('exported')
    for number, image_id in enumerate(TRAIN_IDS[2:4]):
        save_mask(folder / f'masks/{image_id}.png', hard_mask(number))
    for name in FORMATS:
        export_masks(demo_root, folder / 'masks', folder / name, name)
    return folder


@pytest.mark.parametrize(('name', 'harm', 'problem'), BAD)
def test_what_does_not_fit_is_one_line(
        demo_root: Path, exported: Path, tmp_path: Path, name: str,
        harm: Callable[[Path], object], problem: str) -> None:
    out = tmp_path / name
    shutil.copytree(exported / name, out)
    harm(out)
    with pytest.raises(InputError, match=problem) as caught:
        import_masks(demo_root, out, name, tmp_path / 'new')
    message = str(caught.value)
    assert '\n' not in message and '; ' in message
    assert message.startswith(str(tmp_path))
    assert not (tmp_path / 'new').exists()


def test_all_that_does_not_fit_is_told(
        demo_root: Path, exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported / 'yolo', tmp_path / 'yolo')
    for image_id in TRAIN_IDS[2:4]:
        (tmp_path / f'yolo/labels/{image_id}.txt').write_text('0 1 1')
    run = run_tool('import_masks.py', tmp_path / 'yolo', demo_root,
                   '--format', 'yolo', '--out-dir', tmp_path / 'new')
    assert run.code == 2
    told = run.out + run.err
    assert all(f'error: {tmp_path}/yolo/labels/{image_id}.txt:1' in told
               for image_id in TRAIN_IDS[2:4])


@pytest.mark.parametrize(('options', 'problem'), [
    (('--number', 0), 'number is 0; give 1 or more'),
    (('--tolerance', -1), 'tolerance is -1.0; give 0 or more'),
    (('--image-list', SPLIT.format('val')), 'no mask of an image of'),
    (('--labels', 'nowhere'), 'nowhere: no such labels')])
def test_wrong_options_of_an_export(
        demo_root: Path, exported: Path, tmp_path: Path, options: tuple,
        problem: str) -> None:
    line = error_of('export_masks.py', exported / 'masks', tmp_path / 'out',
                    '--data-root', demo_root, '--format', 'png', *options)
    assert problem in line
    assert not (tmp_path / 'out').exists()


def test_nothing_is_overwritten(
        demo_root: Path, exported: Path) -> None:
    with pytest.raises(InputError, match='coco: holds something already'):
        export_masks(demo_root, exported / 'masks', exported / 'coco', 'coco')

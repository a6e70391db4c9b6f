# Copyright (c) COMNet contributors. All rights reserved.
"""Paths that are not there or something else, options and processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.bad_inputs import (
    Bad,
    all_of,
    bad,
    check_row,
    copy_workshop,
    directory,
    remove,
    write,
)

CONFIG = '--config W/configs/{0}.py --checkpoint W/{0}.pth'
SEGMENTOR, CLASSIFIER = CONFIG.format('segmentor'), CONFIG.format('classifier')
PICTURE = 'W/data/JPEGImages/train_00001.jpg'
# every tool, with all that it asks for
COMMANDS: dict[str, str] = {
    'ablation': 'ablation.py 1 --config W/configs/pipeline.py --rows n2 '
                '--work-dir W/out --out W/out/tables',
    'affinity_labels': 'affinity_labels.py W/data W/cams W/out',
    'cams': 'cams.py W/configs/classifier.py W/classifier.pth W/out',
    'check': 'check.py W/data',
    'clean': 'clean.py W/out',
    'directions': 'directions.py W/configs/classifier.py W/classifier.pth '
                  'W/out',
    'explain': f'explain.py {PICTURE} {CLASSIFIER} --out W/out/a.html',
    'export_onnx': 'export_onnx.py W/configs/segmentor.py W/segmentor.pth '
                   'W/out/a.onnx',
    'figure': f'figure.py 4 {PICTURE} {CLASSIFIER} --out W/out/a.png',
    'memory': 'memory.py W/configs/classifier.py',
    'pipeline': 'pipeline.py W/configs/pipeline.py --work-dir W/out',
    'pixel_classifier': 'pixel_classifier.py W/configs/classifier.py '
                        'W/classifier.pth W/cams W/out',
    'pseudo_masks': 'pseudo_masks.py W/configs/irnet.py W/irnet.pth W/cams '
                    'W/out',
    'publish': 'publish.py W/classifier.pth W/out/model.pth',
    'report': 'report.py W/out',
    'segment': f'segment.py {PICTURE} {SEGMENTOR} --out-dir W/out',
    'test': 'test.py W/configs/segmentor.py W/segmentor.pth --work-dir W/out',
    'train': 'train.py W/configs/classifier.py --work-dir W/out',
    'tune': 'tune.py W/configs/pipeline.py --work-dir W/out',
    'voc_submission': 'voc_submission.py W/data W/masks W/out/a.tgz '
                      '--image-list ImageSets/Segmentation/train.txt',
    'coco14': 'dataset_converters/coco14.py W/coco W/out',
    'demo_data': 'dataset_converters/demo_data.py W/out --num-train 2 '
                 '--num-val 1 --size 96 72',
    'msrc': 'dataset_converters/msrc.py W/images W/truth W/out',
    'prepare': 'dataset_converters/prepare.py W/data/JPEGImages W/labels.csv '
               'W/out',
    'voc12': 'dataset_converters/voc12.py W/voc.tar W/sbd.tgz W/out',
}
LATE = {  # make no folder, or not before they have read much else
    'check', 'clean', 'memory', 'report', 'ablation', 'voc_submission',
    'coco14', 'msrc', 'tune', 'voc12'}
READS = {  # what each cannot do without
    'affinity_labels': ('data', 'cams'),
    'cams': ('configs/classifier.py', 'classifier.pth', 'data'),
    'check': ('data', ), 'coco14': ('coco', ), 'msrc': ('images', ),
    'directions': ('configs/classifier.py', 'classifier.pth', 'data'),
    'explain': ('configs/classifier.py', 'classifier.pth', PICTURE[2:]),
    'export_onnx': ('configs/segmentor.py', 'segmentor.pth'),
    'figure': ('configs/classifier.py', 'classifier.pth', PICTURE[2:]),
    'memory': ('configs/classifier.py', ),
    'pipeline': ('configs/pipeline.py', 'data'),
    'pixel_classifier': ('configs/classifier.py', 'classifier.pth', 'cams'),
    'prepare': ('data/JPEGImages', 'labels.csv'),
    'pseudo_masks': ('configs/irnet.py', 'irnet.pth', 'cams'),
    'publish': ('classifier.pth', ), 'report': ('out', ), 'clean': ('out', ),
    'segment': ('configs/segmentor.py', 'segmentor.pth', PICTURE[2:]),
    'test': ('configs/segmentor.py', 'segmentor.pth'),
    'train': ('configs/classifier.py', ),
    'tune': ('configs/pipeline.py', 'data'), 'voc12': ('voc.tar', ),
    'voc_submission': ('data', 'masks')}
NUMBERS: dict[str, tuple[str, ...]] = {
    'affinity_labels': ('--workers 0', '--workers a', '--fg-threshold 2',
                        '--bg-threshold -1', '--fg-threshold nan',
                        '--bg-threshold 0.9', '--refine nothing'),
    'check': ('--workers 0', ),
    'pseudo_masks': ('--workers 0', ),
    'directions': ('--scale 0', '--num-components 0', '--stride 0'),
    'pixel_classifier': ('--num-rounds 0', '--seed -1', '--scale inf'),
    'prepare': ('--val-share 0', '--val-share 1', '--val-share nan',
                '--seed -1', '--link soft', '--config nowhere.py',
                '--classes W/nowhere.txt'),
    'demo_data': ('--size 1 1', '--seed -1', '--num-train 0'),
    'segment': ('--max-side -1', '--max-side a'),
    'memory': ('--gpus 0', '--picture 5', '--picture 0x0'),
    'pipeline': ('--gpus 0', '--seed -1', '--num-pictures 5', '--methods a',
                 '--steps a', '--gpus 1.5'),
    'tune': ('--num-pictures 0', '--num-pictures a', '--methods a'),
    'ablation': ('--seeds -1', '--gpus 0', '--rows a'),
    'train': ('--resume W/nowhere.pth', '--launcher rsh',
              '--cfg-options a', '--cfg-options a=dict(b=1)'),
}
NAMED = {  # what the line names in place of the option
    '--classes W/nowhere.txt': 'W/nowhere.txt',
    '--resume W/nowhere.pth': 'W/nowhere.pth'}
ROWS: dict[str, Bad] = {
    **{f'{name}: unknown option': bad(f'{command} --no-such-option',
                                      '--no-such-option', '--help')
       for name, command in COMMANDS.items()},
    **{f'{name}: without {path}': bad(COMMANDS[name], f'W/{path}',
                                      harm=remove(path))
       for name, paths in READS.items() for path in paths
       if (name, path) != ('check', 'data')},
    **{f'{name}: a file in place of its folder': bad(
        command, 'W/out', harm=write('out', b'mine'))
       for name, command in COMMANDS.items()
       if name not in LATE},
    **{f'{name}: files of unknown origin': bad(
        COMMANDS[name], 'W/out', 'unknown origin', harm=write(
            'out/mine.txt', b'mine'))
       for name in ('affinity_labels', 'cams', 'directions', 'pseudo_masks',
                    'pixel_classifier', 'prepare')},
    **{f'{name} {option}': bad(
        f'{COMMANDS[name]} {option}', NAMED.get(option) or option.split()[0]
        .lstrip('-').split('-')[0].removesuffix('s'))
       for name, options in NUMBERS.items() for option in options},
    'nothing at all': bad('train.py', 'config', '--help'),
    'folder of pictures without any': bad(
        'segment.py W/empty ' + SEGMENTOR + ' --out-dir W/out', 'W/empty',
        harm=directory('empty')),
    'results among the pictures': bad(
        'segment.py W/data/JPEGImages ' + SEGMENTOR
        + ' --out-dir W/data/JPEGImages/out', 'W/data/JPEGImages'),
    'data made from itself': bad(
        'affinity_labels.py W/data W/cams W/cams', 'W/cams'),
    'folder for an export': bad(
        'export_onnx.py W/configs/segmentor.py W/segmentor.pth W/data',
        'W/data'),
    'metrics into a folder': bad(
        'pseudo_masks.py W/configs/irnet.py none W/cams W/out --out W/data',
        'W/data'),
    'pseudo masks of no data': bad(
        COMMANDS['pseudo_masks'], 'W/data', harm=all_of(remove('data'))),
    'CAMs of two sources': bad(
        COMMANDS['cams'] + ' --import W/cams', '--import'),
    'figure of a number': bad('figure.py 7', "'7'", '--help'),
}


@pytest.mark.parametrize('name', ROWS)
def test_one_line(name: str, workshop: Path, tmp_path: Path) -> None:
    check_row(ROWS[name], copy_workshop(workshop, tmp_path / 'w'))


@pytest.mark.parametrize('name', [
    'LOCAL_RANK', 'RANK', 'WORLD_SIZE', 'SLURM_CPUS_PER_TASK'])
def test_environment_of_no_number(
        name: str, workshop: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, 'x')
    check_row(bad(COMMANDS['train'], f"{name}='x'"),
              copy_workshop(workshop, tmp_path / 'w'))


@pytest.mark.parametrize('command, name', [
    ('train nowhere.py', 'nowhere.py'), ('nothing', 'nothing'),
    ('report nowhere', 'nowhere'), ('check data --x', '--x')])
def test_command_as_a_shell_runs_it(
        command: str, name: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, '-c', 'from comnet.cli import main; main()',
         *command.split()], cwd=tmp_path,
        capture_output=True, text=True)
    assert ended.returncode == 2
    line, = ended.stderr.splitlines()
    assert line.startswith('error: ') and name in line and '; ' in line


def test_folder_without_rights(workshop: Path, tmp_path: Path) -> None:
    folder = copy_workshop(workshop, tmp_path / 'w')
    (folder / 'out').mkdir()
    (folder / 'out').chmod(0o500)
    if os.access(folder / 'out', os.W_OK):
        pytest.skip('root may write anywhere')
    check_row(bad(COMMANDS['affinity_labels'], 'W/out', 'ermission'), folder)

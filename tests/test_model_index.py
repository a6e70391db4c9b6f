# Copyright (c) COMNet contributors. All rights reserved.
"""The model zoo: what stands in it, and that nothing is missing."""

import json
from pathlib import Path

import pytest
from mmengine.config import Config
from mmpretrain.apis import ModelHub
from modelindex.load_model_index import load
from modelindex.models.Model import Model

ROOT = Path(__file__).parents[1]
FOLDERS = ('configs', 'configs/backbones', 'configs/lite0',
           'configs/msrc14', 'configs/voc12_small')


def models() -> dict[str, Model]:
    """Return the models of the index by name."""
    return {model.name: model for model in load(
        str(ROOT / 'model-index.yml')).models}


def metrics(model: Model) -> dict[tuple[str, str], float]:
    """Return the metrics of a model by data set and name."""
    return {(result.dataset, name): value for result in model.results or ()
            for name, value in result.metrics.items()}


def test_index_is_valid() -> None:
    assert load(str(ROOT / 'model-index.yml')).check(silent=True) == []


def test_all_training_configs_are_listed() -> None:
    configs = {path.relative_to(ROOT).as_posix() for folder in FOLDERS
               for path in (ROOT / folder).glob('*.py')
               if not path.stem.startswith('pipeline')}
    listed = [model.config for model in models().values()]
    assert sorted(listed) == sorted(configs)


def test_models_have_the_names_of_their_configs() -> None:
    for name, model in models().items():
        assert Path(model.config).stem == name


@pytest.mark.parametrize('folder', FOLDERS)
def test_readme_has_a_row_with_the_metrics_of_each_model(folder: str) -> None:
    lines = (ROOT / folder / 'README.md').read_text('utf-8').splitlines()
    index = load(str(ROOT / folder / 'metafile.yml'))
    for model in index.models:
        link = f'[{model.name}]({model.name}.py)'
        rows = ' '.join(line for line in lines if link in line)
        assert rows, model.name
        for value in metrics(model).values():
            assert str(value) in rows, model.name


def test_measured_numbers_are_those_of_the_tables() -> None:
    table = json.loads((ROOT / 'docs/results/voc12_small/table2_frozen.json')
                       .read_text('utf-8'))
    for row, name in (('baseline', 'cam_r50_frozen_voc12'),
                      ('both', 'comnet_r50_frozen_voc12')):
        measured = table['rows'][row]['cam']
        (data, metric), value = metrics(models()[name]).popitem()
        assert f'({measured["num_images"]} of ' in data
        assert metric == 'CAM mIoU (seed 0)'
        assert value == pytest.approx(measured['values']['0'], abs=0.051)


@pytest.mark.parametrize('table, row, stage, name', [
    (2, 'baseline', 'cam', 'cam_r50_voc'),
    (2, 'both', 'cam', 'comnet_r50_voc'),
    (5, 'cam', 'pseudo', 'irnet_r50_voc'),
    (5, 'comnet', 'pseudo', 'irnet_r50_voc'),
    (6, 'comnet', 'evaluation', 'deeplabv2_r50_voc'),
    (6, 'comnet_r101', 'evaluation', 'deeplabv2_r101_voc')])
def test_the_papers_numbers_are_those_of_the_ablations(
        table: int, row: str, stage: str, name: str) -> None:
    cfg = Config.fromfile(ROOT / 'configs/ablation/paper.py')
    values = [value for (_, metric), value in metrics(models()[name]).items()
              if metric.endswith('(paper)')]
    assert cfg.tables[str(table)].rows[row].paper[stage] in values


def test_mmpretrain_finds_the_configs_by_name(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelHub, '_models_dict', {})
    ModelHub.register_model_index(ROOT / 'model-index.yml', ROOT)
    assert ModelHub.get('comnet_r50_voc').config.model.type == 'COMNet'

# Copyright (c) COMNet contributors. All rights reserved.
"""The notebook of the method: stored with its outputs, and still true."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch.nn import functional as F

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / 'demo/comnet_explained.ipynb'


@pytest.fixture(scope='module')
def cells() -> list[dict]:
    content = json.loads(NOTEBOOK.read_text(encoding='utf-8'))
    return [cell for cell in content['cells'] if cell['cell_type'] == 'code']


@pytest.fixture(scope='module')
def names(cells: list[dict], tmp_path_factory: pytest.TempPathFactory
          ) -> dict[str, Any]:
    """Run all cells and return their names."""
    found: dict[str, Any] = {}
    plt.switch_backend('Agg')
    plt.close('all')  # those of tests before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, 'tempdir',
                      str(tmp_path_factory.mktemp('notebook')))
        for cell in cells:
            exec(''.join(cell['source']), found)
    found['figures'] = list(map(plt.figure, plt.get_fignums()))
    plt.close('all')
    return found


def test_outputs_are_stored_and_small(cells: list[dict]) -> None:
    assert NOTEBOOK.stat().st_size < 500_000
    counts = [cell['execution_count'] for cell in cells]
    assert counts == list(range(1, len(cells) + 1))  # run once, in order
    outputs = [output for cell in cells for output in cell['outputs']]
    assert not [each for each in outputs if each['output_type'] == 'error']
    assert not [each for each in outputs if each.get('name') == 'stderr']


def test_all_figures_are_drawn_anew(cells: list[dict],
                                    names: dict[str, Any]) -> None:
    stored = [output for cell in cells for output in cell['outputs']
              if 'image/jpeg' in output.get('data', {})]
    assert len(names['figures']) == len(stored) == 10


def test_the_photograph_shows_a_cat(names: dict[str, Any]) -> None:
    assert names['PHOTO'].name == 'chelsea.jpg'
    assert names['found'] == ['cat']


def test_it_is_installed_of_a_clone_where_it_is_not(
        cells: list[dict], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    monkeypatch.setattr('builtins.input', lambda text: 'https://a.b/c')
    monkeypatch.setattr(
        'subprocess.run', lambda call, check: calls.append(call))
    exec(''.join(cells[0]['source']), {})
    (git, *clone), (python, *install) = calls
    assert clone[-2:] == ['https://a.b/c', install[-1].removeprefix('./')]
    assert (git, python, install[:3]) == (
        'git', sys.executable, ['-m', 'pip', 'install'])


def test_solution_is_that_of_the_whole_matrix(names: dict[str, Any]) -> None:
    assert names['agreement'] == pytest.approx(1, abs=1e-4)
    unit = F.normalize(names['feat'].permute(0, 2, 3, 1).flatten(0, 2), dim=1)
    torch.testing.assert_close(names['D'], unit @ unit.T - 1,
                               atol=1e-5, rtol=0)
    assert np.array_equal(names['ratio'] > 1.25, names['strength'] > 0)


def test_neighbors_are_the_most_similar(names: dict[str, Any]) -> None:
    for own, near in zip(names['own'], names['neighbors'], strict=True):
        similar = F.cosine_similarity(own[:, None], own[None], dim=2)
        similar = similar.fill_diagonal_(-2)
        torch.testing.assert_close(
            similar.gather(1, near), similar.topk(near.shape[1]).values)


def test_network_learnt_the_classes(names: dict[str, Any]) -> None:
    # both pictures show a fish, and nothing else alike
    assert names['label'] == 'fish'


def test_explainer_sees_the_same(names: dict[str, Any]) -> None:
    for told, shown in zip(names['seen'], names['enlarged'], strict=True):
        assert np.mean((told.strength > 0) == (shown > 0)) > 0.98

# Copyright (c) COMNet contributors. All rights reserved.
"""What the matching sees, against the formulas written out."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.pages import check_page
from helpers.tiny import TRAIN_IDS, checkpoint_of
from helpers.tool_runner import error_of, run_tool

from comnet.apis import CAMInferencer, MatchingExplainer
from comnet.datasets.directions_file import DirectionsFile
from comnet.datasets.voc_folder import read_classes
from comnet.models import InterMatching, IntraMatching
from comnet.utils import InputError
from comnet.visualization import ImageMatching, PointMatches


@pytest.fixture(scope='module')
def trained(whole_way: Path, tiny_configs: Path) -> list[Path]:
    """Return a classifier's config and checkpoint."""
    return [tiny_configs / 'classifier.py',
            checkpoint_of(whole_way, 'classifier')]


@pytest.fixture(scope='module')
def pair(demo_root: Path) -> list[Path]:
    return [demo_root / f'JPEGImages/{each}.jpg' for each in TRAIN_IDS[:2]]


@pytest.fixture(scope='module')
def explainer(trained: list[Path]) -> MatchingExplainer:
    return MatchingExplainer(*trained)


@pytest.fixture(scope='module')
def seen(explainer: MatchingExplainer, pair: list[Path]
         ) -> list[ImageMatching]:
    return explainer(pair)[1]


@torch.no_grad()
def features(explainer: MatchingExplainer, seen: list[ImageMatching],
             flip: bool = False) -> torch.Tensor:
    """Return what the backbone makes of pictures of one size."""
    images = [torch.from_numpy(each.image[..., ::-1].copy()).permute(2, 0, 1)
              for each in seen]
    inputs = explainer.model.data_preprocessor(
        dict(inputs=torch.stack(images)), training=False)['inputs']
    return explainer.model.extract_feat(
        inputs.flip(3) if flip else inputs, stage='backbone')[-1]


def solution(feat: torch.Tensor) -> np.ndarray:
    """Return M* of a group from the whole matrix, of either sign."""
    points = feat.permute(0, 2, 3, 1).flatten(0, 2).double().numpy()
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    _, vectors = np.linalg.eigh(points @ points.T - 1)
    return vectors[:, -1].reshape(len(feat), *feat.shape[2:])


def grid_place(place: tuple[float, float], shape: tuple[int, ...]
               ) -> tuple[int, int]:
    """Return row and column of a place in a picture of 96 x 72."""
    return (int(place[1] / 72 * shape[0]), int(place[0] / 96 * shape[1]))


def test_strength_is_the_solution_of_the_pair(
        explainer: MatchingExplainer, seen: list[ImageMatching]) -> None:
    expected = cv2.resize(solution(features(explainer, seen))[0], (96, 72))
    strength = seen[0].strength
    assert strength is not None and strength.shape == (72, 96)
    cosine = (strength * expected).sum() / (
        np.linalg.norm(strength) * np.linalg.norm(expected))
    assert abs(cosine) == pytest.approx(1, abs=1e-3)


def test_strength_of_class_wide_matching_is_that_of_the_class(
        trained: list[Path], demo_root: Path, pair: list[Path],
        tmp_path: Path) -> None:
    classes = read_classes(demo_root)
    random = np.random.default_rng(0)
    file = DirectionsFile(random.normal(size=(len(classes), 128)),
                          np.zeros(len(classes)), classes)
    file.save(tmp_path)
    _, (seen, ) = MatchingExplainer(*trained, {
        'default_hooks.cam.necks': [
            dict(type='ClassMatching', directions=str(tmp_path))]})(
                pair[:1], classes[2])
    explainer = MatchingExplainer(*trained)
    feat, = features(explainer, [seen])
    expected = np.einsum(
        'c,chw->hw', file.a[2], feat / feat.norm(dim=0))
    assert seen.strength is not None
    np.testing.assert_allclose(
        seen.strength, cv2.resize(expected, (96, 72)), atol=1e-3)


def test_pictures_are_matched_with_each_other(
        explainer: MatchingExplainer, seen: list[ImageMatching],
        pair: list[Path]) -> None:
    _, (alone, ) = explainer(pair[:1])
    assert not np.allclose(seen[0].after, alone.after, atol=1e-3)
    assert np.array_equal(seen[0].before, alone.before)


def test_matched_points_are_the_most_similar(
        explainer: MatchingExplainer, seen: list[ImageMatching]) -> None:
    feat = features(explainer, seen)
    inter, intra = explainer.necks
    assert isinstance(inter, InterMatching)
    assert isinstance(intra, IntraMatching)
    own = feat[0].flatten(1).T  # cosines know no strengthening
    similar = torch.nn.functional.cosine_similarity(
        own[:, None], own[None], dim=2).fill_diagonal_(-2)
    shape = tuple(feat.shape[2:])
    assert [each.kind for each in seen[0].points] == ['object', 'background']
    for each in seen[0].points:
        row, column = grid_place(each.point, shape)
        values = similar[row * shape[1] + column]
        matched = [grid_place(place, shape) for place in each.matched]
        assert len(set(matched)) == intra.num_neighbors
        told = values[[r * shape[1] + c for r, c in matched]]
        torch.testing.assert_close(
            told, values.topk(intra.num_neighbors).values)


def test_background_is_where_the_cam_is_lowest(
        explainer: MatchingExplainer, seen: list[ImageMatching]) -> None:
    shape = tuple(features(explainer, seen).shape[2:])
    for each in seen:
        assert each.strength is not None
        cam = cv2.resize(each.after, shape[::-1],
                         interpolation=cv2.INTER_AREA)
        common = cv2.resize(each.strength, shape[::-1],
                            interpolation=cv2.INTER_AREA)
        place = grid_place(each.points[1].point, shape)
        lowest = cam <= cam.min()
        assert lowest[place]
        assert common[place] <= common[lowest].min() + 0.02


def test_cam_with_matching_is_that_of_the_inferencer(
        trained: list[Path], explainer: MatchingExplainer,
        pair: list[Path]) -> None:
    label, (alone, ) = explainer(pair[:1])
    cams, = CAMInferencer(*trained)(pair[0], [[label]])
    np.testing.assert_allclose(alone.after, cams.maps[0], atol=1e-5)
    assert alone.score == pytest.approx(float(cams.scores[0]))


def test_cam_without_matching_is_the_linear_classifier(
        explainer: MatchingExplainer, pair: list[Path]) -> None:
    label, seen = explainer(pair)
    index = explainer.classes.index(label)
    with torch.no_grad():
        maps, mirrored = (
            explainer.model.head.classifier(
                features(explainer, seen, flip))[:1, [index]].relu()
            for flip in (False, True))
        cam = torch.nn.functional.interpolate(
            maps + mirrored.flip(3), (18, 24), mode='bilinear')[0, 0]
    expected = cv2.resize((cam / (cam.max() + 1e-5)).numpy(), (96, 72))
    np.testing.assert_allclose(
        seen[0].before, expected / (expected.max() + 1e-5), atol=1e-3)


def test_default_label_is_in_all_pictures(
        trained: list[Path], explainer: MatchingExplainer,
        pair: list[Path]) -> None:
    every = CAMInferencer(*trained, threshold=0)(pair)
    least = np.minimum(every[0].scores, every[1].scores)
    assert explainer(pair)[0] == explainer.classes[int(least.argmax())]


def test_label_that_is_no_class(explainer: MatchingExplainer,
                                pair: list[Path]) -> None:
    with pytest.raises(InputError, match="label 'unicorn' is no class"):
        explainer(pair, 'unicorn')


def test_classifier_without_matching(trained: list[Path]) -> None:
    with pytest.raises(InputError, match='a classifier without matching'):
        MatchingExplainer(*trained, {'default_hooks.cam.necks': []})


def test_page_of_pictures(trained: list[Path], pair: list[Path],
                          tmp_path: Path) -> None:
    config, checkpoint = trained
    run = run_tool('explain.py', *pair, '--config', config, '--checkpoint',
                   checkpoint, '--out', tmp_path / 'seen.html')
    assert run.code == 0, run.err
    page = check_page((tmp_path / 'seen.html').read_text(encoding='utf-8'))
    assert len(page.all('img')) == 2 * 6
    assert all(name in page.text for name in TRAIN_IDS[:2])


def test_picture_that_is_missing(trained: list[Path], tmp_path: Path) -> None:
    config, checkpoint = trained
    error = error_of('explain.py', tmp_path / 'gone.jpg', '--config', config,
                     '--checkpoint', checkpoint, '--out', tmp_path / 'x.html')
    assert 'gone.jpg' in error
    assert not (tmp_path / 'x.html').exists()


def test_points_have_a_place_in_the_picture(
        seen: list[ImageMatching]) -> None:
    def inside(points: PointMatches) -> bool:
        return all(0 <= x < 96 and 0 <= y < 72
                   for x, y in (points.point, *points.matched))

    assert all(inside(points) for each in seen for points in each.points)

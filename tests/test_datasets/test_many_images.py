# Copyright (c) COMNet contributors. All rights reserved.
"""Pairs at the size of the data sets of the paper, without their pictures."""

import tracemalloc
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from mmengine.dataset import DefaultSampler
from scipy.stats import chisquare

from comnet.datasets import PairedVOCDataset

COCO_CLASSES, COCO_IMAGES = 80, 82783
Groups = list[list[int]]


def stub(root: Path, ids: list[str]) -> None:
    """Let empty files stand for the pictures, which nobody opens."""
    (root / 'JPEGImages').mkdir(parents=True)
    (root / 'ImageSets/Segmentation').mkdir(parents=True)
    for image_id in ids:
        (root / f'JPEGImages/{image_id}.jpg').touch()
    (root / 'ImageSets/Segmentation/train.txt').write_text('\n'.join(ids))


@pytest.fixture(scope='module')
def voc(kit: Path, tmp_path_factory: pytest.TempPathFactory
        ) -> PairedVOCDataset:
    """Return VOC's 10,582 training images with the labels of other code."""
    lists, root = kit / 'data/voc12_lists', tmp_path_factory.mktemp('voc')
    stub(root / 'VOC2012', (lists / 'train_aug.txt').read_text().split())
    return PairedVOCDataset(
        str(root / 'VOC2012'), labels=str(lists / 'cls_labels.npy'))


def groups_of(dataset: PairedVOCDataset, epoch: int, seed: int = 0) -> Groups:
    return [dataset.group_indices(idx, seed, epoch)
            for idx in range(len(dataset))]


def test_labels_are_those_of_the_file(voc: PairedVOCDataset,
                                      kit: Path) -> None:
    vectors = np.load(kit / 'data/voc12_lists/cls_labels.npy',
                      allow_pickle=True).item()  # a file that is trusted
    assert len(voc) == 10582
    for idx in range(len(voc)):
        number = int(voc.get_data_info(idx)['img_id'].replace('_', ''))
        assert voc.get_cat_ids(idx) == np.flatnonzero(
            vectors[number]).tolist()


def test_every_pair_shares_a_class(voc: PairedVOCDataset) -> None:
    labels = [set(voc.get_cat_ids(idx)) for idx in range(len(voc))]
    for first, second in groups_of(voc, epoch=0):
        assert first != second
        assert labels[first] & labels[second]


def test_partners_depend_on_seed_and_epoch(voc: PairedVOCDataset) -> None:
    first = groups_of(voc, epoch=0)
    assert groups_of(voc, epoch=0) == first
    for other in (groups_of(voc, epoch=1), groups_of(voc, 0, seed=1)):
        same = np.mean([a == b for a, b in zip(first, other, strict=True)])
        assert same < 0.02  # classes have hundreds of images


def test_partners_are_drawn_evenly(voc: PairedVOCDataset) -> None:
    """Each class of an image as often, each other image of it as often.

    Expected is for each image the sum, over those that could have drawn it,
    of the probability to do so.
    """
    expected = np.zeros(len(voc))
    for members in voc.members:
        drawn = np.array([1 / len(voc.get_cat_ids(idx)) for idx in members])
        expected[members] += (drawn.sum() - drawn) / (len(members) - 1)
    epochs = 4
    counts = Counter(second for epoch in range(epochs)
                     for _, second in groups_of(voc, epoch))
    found = np.array([counts[idx] for idx in range(len(voc))])
    for members in voc.members:
        share = expected[members] * found[members].sum()
        result = chisquare(found[members], share / expected[members].sum())
        assert result.pvalue > 1e-4


@pytest.mark.parametrize('ranks', [2, 4])
def test_ranks_begin_shares_of_the_epoch(
        voc: PairedVOCDataset, ranks: int,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they are the pairs of one process, each once."""
    shares = []
    for rank in range(ranks):
        monkeypatch.setattr('mmengine.dataset.sampler.get_dist_info',
                            lambda rank=rank: (rank, ranks))
        sampler = DefaultSampler(voc, seed=3)
        sampler.set_epoch(2)
        shares.append([tuple(voc.group_indices(idx, 3, 2))
                       for idx in sampler])
    together = [group for share in shares for group in share]
    assert len(together) == -(-len(voc) // ranks) * ranks
    alone = [tuple(group) for group in groups_of(voc, 2, seed=3)]
    repeated = len(together) - len(voc)  # that fill up the last round
    assert set(together) == set(alone)
    assert len(together) - len(set(together)) == repeated < ranks
    if not repeated:
        assert all(set(one).isdisjoint(other)
                   for one, other in combinations(shares, 2))


def test_csv_of_the_size_of_coco(tmp_path: Path) -> None:
    """A line an image, up to five of 80 classes."""
    ids = [f'COCO_train2014_{number:012d}' for number in range(COCO_IMAGES)]
    stub(tmp_path / 'coco', ids)
    names = [f'class {number}' for number in range(COCO_CLASSES)]
    (tmp_path / 'coco/classes.txt').write_text('\n'.join(names))
    rng = np.random.default_rng(0)
    shown = [sorted({*rng.integers(0, COCO_CLASSES, 5).tolist()})
             for _ in ids]
    (tmp_path / 'coco/labels.csv').write_text('\n'.join(
        ','.join([image_id, *(names[label] for label in labels)])
        for image_id, labels in zip(ids, shown, strict=True)))
    tracemalloc.start()
    dataset = PairedVOCDataset(str(tmp_path / 'coco'), labels='labels.csv')
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e9  # bytes
    assert sum(map(len, dataset.members)) == sum(map(len, shown))
    for idx in range(0, COCO_IMAGES, 1000):
        assert dataset.get_cat_ids(idx) == shown[idx]
        first, second = dataset.group_indices(idx)
        assert {*shown[first]} & {*shown[second]}

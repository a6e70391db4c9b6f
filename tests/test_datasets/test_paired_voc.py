# Copyright (c) COMNet contributors. All rights reserved.
"""Groups of images that share a class."""

from collections import Counter
from pathlib import Path

import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmpretrain.registry import DATASETS
from mmpretrain.structures import DataSample

from comnet.datasets import PairedVOCDataset, VOCLabelDataset
from comnet.datasets.group_collate import group_collate
from comnet.utils import InputError

PIPELINE = [
    dict(type='LoadVOCImage'),
    dict(type='mmpretrain.PackInputs', meta_keys=('img_id', )),
]


def build(root: Path, **settings) -> PairedVOCDataset:
    return DATASETS.build(dict(
        type='PairedVOCDataset', data_root=str(root), pipeline=PIPELINE,
        **settings))


@pytest.fixture
def lonely_root(tmp_path: Path) -> Path:
    """Return a data set with classes of one, two and three images."""
    shown = dict(a=['cat'], b=['dog'], c=['dog'], d=['cow'], e=['cow'],
                 f=['cow', 'dog'])
    lists = tmp_path / 'ImageSets/Segmentation'
    for folder in (lists, tmp_path / 'JPEGImages', tmp_path / 'Annotations'):
        folder.mkdir(parents=True)
    (lists / 'train.txt').write_text('\n'.join(shown))
    (tmp_path / 'classes.txt').write_text('cat\ncow\ndog\nunseen\n')
    for image_id, names in shown.items():
        (tmp_path / f'JPEGImages/{image_id}.jpg').touch()
        (tmp_path / f'Annotations/{image_id}.xml').write_text(
            '<annotation>' + ''.join(
                f'<object><name>{name}</name></object>' for name in names)
            + '</annotation>')
    return tmp_path


def all_groups(dataset: PairedVOCDataset, seed: int = 0,
               epoch: int = 0) -> list[list[int]]:
    return [dataset.group_indices(idx, seed, epoch)
            for idx in range(len(dataset))]


@pytest.mark.parametrize('group_size', [2, 3, 5])
def test_images_of_a_group_share_a_class(
        demo_root: Path, group_size: int) -> None:
    dataset = build(demo_root, group_size=group_size)
    for epoch in range(3):
        for idx, group in enumerate(all_groups(dataset, epoch=epoch)):
            assert len(group) == group_size
            assert group[0] == idx
            assert idx not in group[1:]
            labels = [set(dataset.get_cat_ids(member)) for member in group]
            assert set.intersection(*labels)


def test_partners_depend_on_seed_and_epoch_alone(demo_root: Path) -> None:
    dataset, other = build(demo_root), build(demo_root)
    first = all_groups(dataset, seed=1, epoch=3)
    all_groups(other, seed=9)
    assert all_groups(other, seed=1, epoch=3)[::-1] == first[::-1]
    for epoch, seed in ((4, 1), (3, 2), (1, 3)):
        assert all_groups(other, seed, epoch) != first


def test_partners_vary_over_the_whole_class(demo_root: Path) -> None:
    dataset = build(demo_root)
    mates = {other for other in range(len(dataset)) if other and set(
        dataset.get_cat_ids(other)) & set(dataset.get_cat_ids(0))}
    drawn = Counter()
    for epoch in range(200):
        drawn[dataset.group_indices(0, epoch=epoch)[1]] += 1
    assert set(drawn) == mates
    assert len(mates) > 1


def test_only_image_of_a_class_is_its_own_partner(lonely_root: Path) -> None:
    for group_size in (2, 3):
        dataset = build(lonely_root, group_size=group_size)
        assert dataset.group_indices(0) == [0] * group_size


def test_small_class_repeats_its_images(lonely_root: Path) -> None:
    dataset = build(lonely_root, group_size=5)
    group = dataset.group_indices(3)  # d, with e and f
    assert set(group[1:]) == {4, 5}


def test_partners_are_distinct_where_there_are_enough(
        demo_root: Path) -> None:
    dataset = build(demo_root, group_size=3)
    for idx, group in enumerate(all_groups(dataset)):
        sizes = [len(dataset.members[label]) for label in
                 dataset.get_cat_ids(idx)]
        assert min(sizes) < 3 or len(set(group)) == 3


def test_part_of_the_images_pairs_among_itself(demo_root: Path) -> None:
    dataset = build(demo_root, indices=7)
    assert len(dataset) == 7
    assert {member for group in all_groups(dataset) for member in group} <= (
        set(range(7)))


def test_item_is_the_group_s_images_side_by_side(demo_root: Path) -> None:
    dataset = build(demo_root, group_size=3)
    item = dataset[4]
    assert set(item) == {'inputs', 'data_samples'}
    assert [sample.img_id for sample in item['data_samples']] == [
        f'train_{member:05d}' for member in dataset.group_indices(4)]
    plain = VOCLabelDataset(str(demo_root), pipeline=PIPELINE)
    for image, sample, member in zip(
            item['inputs'], item['data_samples'], dataset.group_indices(4),
            strict=True):
        assert torch.equal(image, plain[member]['inputs'])
        assert sample.gt_label.tolist() == dataset.get_cat_ids(member)


def test_collated_groups_stay_adjacent() -> None:
    a, b, c, d = samples = [DataSample() for _ in range(4)]
    groups = [dict(inputs=[1, 2], data_samples=[a, b]),
              dict(inputs=[3, 4], data_samples=[c, d])]
    batch = group_collate(groups)
    assert batch == dict(inputs=[1, 2, 3, 4], data_samples=samples)
    assert [sample.group_size for sample in samples] == [2] * 4


def test_images_alone_are_not_collated() -> None:
    with pytest.raises(InputError, match='group_collate.*PairedVOCDataset'):
        group_collate([dict(inputs=1, data_samples=DataSample())])


def test_group_of_one_is_refused(demo_root: Path) -> None:
    with pytest.raises(InputError, match='group_size is 1'):
        build(demo_root, group_size=1)


def test_test_mode_lays_the_partners_beside_the_image(
        demo_root: Path) -> None:
    dataset = build(demo_root, group_size=3, test_mode=True)
    group = dataset.group_indices(4)
    item = dataset[4]
    members = [item, *item['partners']]
    assert [member['data_samples'].img_id for member in members] == [
        dataset.get_data_info(index)['img_id'] for index in group]
    assert all(member['inputs'].shape[0] == 3 for member in members)
    batch = pseudo_collate([item, dataset[5]])
    assert len(batch['partners']) == 2  # as a loader gives them to a hook
    for member, partner in zip(item['partners'], batch['partners'],
                               strict=True):
        assert torch.equal(partner['inputs'][0], member['inputs'])
        assert len(partner['data_samples']) == 2


def test_subset_pairs_among_itself(demo_root: Path) -> None:
    dataset = build(demo_root)
    subset = dataset.get_subset([5, 2, 9, 7])
    for idx, group in enumerate(all_groups(subset)):
        assert group[0] == idx
        shown = [set(subset.get_cat_ids(member)) for member in group]
        assert set.intersection(*shown)
    assert len(dataset) > 4
    dataset.get_subset_([5, 2, 9, 7])
    assert all_groups(dataset) == all_groups(subset)


@pytest.fixture
def root_with_negatives(lonely_root: Path) -> Path:
    """Return the data set with three images that show no class."""
    names = ['x', 'y', 'z']
    for image_id in names:
        (lonely_root / f'JPEGImages/{image_id}.jpg').touch()
        (lonely_root / f'Annotations/{image_id}.xml').write_text(
            '<annotation/>')
    path = lonely_root / 'ImageSets/Segmentation/train.txt'
    path.write_text('\n'.join([path.read_text(), *names]))
    return lonely_root


@pytest.mark.parametrize('group_size', [2, 4])
def test_partners_of_negatives_are_negatives(
        root_with_negatives: Path, group_size: int) -> None:
    dataset = build(root_with_negatives, group_size=group_size)
    for epoch in range(5):
        for idx, group in enumerate(all_groups(dataset, epoch=epoch)):
            assert len(group) == group_size and group[0] == idx
            assert {member >= 6 for member in group} == {idx >= 6}
    assert {group[1] for group in (
        dataset.group_indices(6, epoch=epoch) for epoch in range(20))} == {
            7, 8}


def test_only_negative_is_its_own_partner(lonely_root: Path) -> None:
    (lonely_root / 'Annotations/a.xml').write_text('<annotation/>')
    assert build(lonely_root, group_size=3).group_indices(0) == [0] * 3


def test_negatives_alone_are_refused(root_with_negatives: Path) -> None:
    (root_with_negatives / 'ImageSets/Segmentation/train.txt').write_text(
        'x\ny\n')
    with pytest.raises(InputError, match='none of its 2 images shows a cl'):
        build(root_with_negatives)

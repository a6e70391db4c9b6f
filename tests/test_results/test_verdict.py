# Copyright (c) COMNet contributors. All rights reserved.
"""What a run has achieved, in words."""

from helpers.run_files import STEPS, run_of

from comnet.converters.suspicion import Suspicion
from comnet.results.verdict import Looks, next_commands, verdict
from comnet.utils.record import Record


def record(**results: float) -> Record:
    return Record({}, {}, finished=True, results=results)


RECORDS = dict(
    cam=dict(pseudo=record(mIoU=50.04, num_images=9),
             evaluation=record(mIoU=40, num_images=4)),
    comnet=dict(pseudo=record(mIoU=53.3, num_images=9),
                evaluation=record(mIoU=42.1, num_images=4)))


def test_last_measure_of_each_split_is_told_val_first() -> None:
    assert verdict(run_of(['cam', 'comnet']), RECORDS, []) == [
        'The segmentations of comnet on 4 images of val have 42.1 % mIoU, '
        '2.1 points more than those of cam.',
        'The pseudo masks of comnet on 9 images of train have 53.3 % mIoU, '
        '3.3 points more than those of cam.']


def test_single_method_is_compared_with_nothing() -> None:
    told = verdict(run_of(['cam']), dict(cam=RECORDS['cam']), [])
    assert told[0] == ('The segmentations of cam on 4 images of val have 40.0 '
                       '% mIoU.')


def test_masks_are_compared_with_tags_where_nothing_is_measured() -> None:
    found = [Suspicion('a', ['empty']), Suspicion('b'), Suspicion('c')]
    looks = Looks('pseudo mask', 'comnet', 'train', found)
    told = verdict(run_of(['comnet']), {}, [looks])
    assert told[0].startswith('There are no true masks')
    assert told[1].startswith(
        'Of the pseudo masks of comnet on 3 images of train without a true '
        'mask 2 show the classes of the tags and 1 something else')
    right = Looks('pseudo mask', 'comnet', 'train', found[1:])
    assert verdict(run_of(['comnet']), {}, [right])[1].startswith(
        'All pseudo masks of comnet on 2 images')


def test_commands_are_those_that_the_run_allows() -> None:
    assert 'segmentor' in STEPS
    run = run_of(['comnet'])
    done = dict(comnet=dict(pseudo=record(), segmentor=record()))
    (_, segment), (_, export) = next_commands('work', run, done)
    assert segment == 'comnet segment PICTURES --run work --out-dir masks'
    assert export.startswith('comnet export-masks work/comnet/pseudo')
    assert not next_commands('work', run, dict(comnet=dict(cam=record())))


def test_command_names_a_method_where_nothing_tells_the_best() -> None:
    run = run_of(['cam', 'comnet'])
    done = dict(segmentor=record())
    (_, segment), = next_commands('work', run, dict(cam=done, comnet=done))
    assert segment == (
        'comnet segment PICTURES --run work --method comnet --out-dir masks')
    measured = {method: dict(done, **steps)
                for method, steps in RECORDS.items()}
    assert '--method' not in next_commands('work', run, measured)[0][1]

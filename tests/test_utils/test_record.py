# Copyright (c) COMNet contributors. All rights reserved.
"""What a folder was made of, and what is different now."""

import json
import os
import shutil
from pathlib import Path

import pytest

from comnet.utils import InputError
from comnet.utils.record import Record, claim, file_identity, making, set_aside

SETTINGS = dict(walk=dict(beta=10, crf=None), neck=[dict(k=8), dict(a=1.5)],
                sizes=(3, 4))
INPUTS = dict(cams='a1', images='b2')


def record(**changes: object) -> Record:
    return Record({**SETTINGS, **changes}, dict(INPUTS))


def fill(folder: Path) -> None:
    with making(folder, claim(folder, record())) as results:
        (folder / 'a.png').write_bytes(b'a')
        results['mIoU'] = 50.0


def test_what_was_cut_off_goes_on_and_is_then_done(tmp_path: Path) -> None:
    folder = tmp_path / 'masks'
    assert not claim(folder, record()).finished
    with pytest.raises(KeyboardInterrupt), making(folder, record()):
        raise KeyboardInterrupt
    assert not claim(folder, record()).finished
    fill(folder)
    done = claim(folder, record())
    assert done.finished
    assert done.results == dict(mIoU=50.0)


def test_files_are_on_the_disk_before_they_are_called_done(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def note(folder: Path) -> None:
        now = Record.read(folder)
        seen.append((now and now.finished, (folder / 'a.png').is_file()))

    monkeypatch.setattr('comnet.utils.record.sync_files', note)
    fill(tmp_path)
    assert seen == [(False, True)]


@pytest.mark.parametrize('changed, reason', [
    (dict(walk=dict(beta=5, crf=None)), 'walk.beta 10 -> 5'),
    (dict(walk=dict(beta=10, crf='labels')), 'walk.crf None -> labels'),
    (dict(neck=[dict(k=16), dict(a=1.5)]), 'neck.0.k 8 -> 16'),
    (dict(neck=[dict(k=8)]), 'neck.1.a 1.5 -> unset'),
    (dict(seed=1), 'seed unset -> 1'),
    (dict(matching='nothing'), 'matching unset -> nothing'),
    (dict(sizes=(3, 5)), r'sizes \[3, 4\] -> \[3, 5\]'),
])
def test_other_settings_are_named(tmp_path: Path, changed: dict,
                                  reason: str) -> None:
    folder = tmp_path / 'masks'
    fill(folder)
    with pytest.raises(InputError, match=f'masks: is stale .{reason}.;'):
        claim(folder, record(**changed))
    assert (folder / 'a.png').exists()


def test_other_inputs_are_named() -> None:
    now = record()
    now.inputs['cams'] = 'c3'
    assert record().changes(now) == ['other cams']
    assert record().identity != now.identity


def test_remake_sets_the_old_folder_aside(tmp_path: Path) -> None:
    folder = tmp_path / 'masks'
    for number in (1, 2):
        fill(folder)
        claim(folder, record(seed=number), remake=True)
        assert [path.name for path in folder.iterdir()] == ['record.json']
        assert (tmp_path / f'masks.old-{number}/a.png').exists()
        set_aside(folder)
        shutil.rmtree(tmp_path / f'masks.old-{number + 1}')


def test_folder_of_unknown_origin_is_not_adopted(tmp_path: Path) -> None:
    (tmp_path / 'a.png').write_bytes(b'a')
    with pytest.raises(InputError, match='unknown origin'):
        claim(tmp_path, record())


@pytest.mark.parametrize('folder', ['.', 'cams'])
def test_what_is_read_is_not_set_aside(tmp_path: Path, folder: str) -> None:
    """Where the folder to fill is that of the inputs, or holds it."""
    cams = tmp_path / 'cams'
    fill(cams)
    with pytest.raises(InputError, match='holds .*cams, which it is to be'):
        claim(tmp_path / folder, record(seed=1), True, [cams])
    assert (cams / 'a.png').exists()


def test_copied_folder_is_as_done_as_before(tmp_path: Path) -> None:
    fill(tmp_path / 'masks')
    copy = Path(shutil.copytree(tmp_path / 'masks', tmp_path / 'copy'))
    os.utime(copy / 'record.json', (0, 0))
    assert claim(copy, record()).finished
    assert str(tmp_path) not in (copy / 'record.json').read_text()


def test_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record().write(tmp_path)
    assert Record.read(tmp_path) == record()
    assert Record.read(tmp_path / 'none') is None


WHOLE = '{"settings": {}, "inputs": {}'


@pytest.mark.parametrize('text', [
    '', '[1]', '{"settings": 1}', '{}', '[' * 10**5,
    '{"settings": 1, "inputs": {}}', '{"settings": {}, "inputs": []}',
    '{"settings": {}, "inputs": {"images": 3}}',
    f'{WHOLE}, "finished": "yes"}}', f'{WHOLE}, "finished": 1}}',
    f'{WHOLE}, "seconds": "long"}}', f'{WHOLE}, "seconds": NaN}}',
    f'{WHOLE}, "memory": null}}', f'{WHOLE}, "results": [1]}}',
    f'{WHOLE}, "kind": 3}}', f'{WHOLE}, "maker": "me"}}'])
def test_broken_record(tmp_path: Path, text: str) -> None:
    (tmp_path / 'record.json').write_text(text)
    with pytest.raises(InputError, match='record.json: not a record'):
        Record.read(tmp_path)


def test_record_is_json_of_plain_values(tmp_path: Path) -> None:
    record().write(tmp_path)
    text = json.loads((tmp_path / 'record.json').read_text())
    assert set(text) == {'settings', 'inputs', 'finished', 'seconds',
                         'memory', 'gpu_memory', 'results', 'kind'}


def test_identity_of_a_file_is_that_of_its_content(tmp_path: Path) -> None:
    one, two = tmp_path / 'one', tmp_path / 'two'
    one.write_bytes(b'weights')
    two.write_bytes(b'weights')
    assert file_identity(one) == file_identity(two)
    two.write_bytes(b'Weights')
    assert file_identity(one) != file_identity(two)
    with pytest.raises(InputError, match='none: cannot be read'):
        file_identity(tmp_path / 'none')

# Copyright (c) COMNet contributors. All rights reserved.
"""What one of many processes does for the others."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.gloo import in_processes

from comnet.utils import InputError
from comnet.utils.processes import on_main, once_a_node, require_shared


def outcome(function: Callable[[], object]) -> str:
    """Return what a function returns, or the error that it raises."""
    try:
        return str(function())
    except (InputError, OSError) as error:
        return f'{type(error).__name__}: {error}'


def test_all_get_what_the_main_process_has_worked_out(tmp_path: Path) -> None:
    def work_out(rank: int) -> str:
        def noted() -> int:
            (tmp_path / str(rank)).touch()
            return 7 + rank

        return outcome(lambda: on_main(noted))

    assert in_processes(work_out, 3, tmp_path / 'sync') == ['7'] * 3
    assert [path.name for path in tmp_path.glob('[0-9]')] == ['0']
    assert on_main(lambda: 'alone') == 'alone'


@pytest.mark.parametrize('text, kind', [
    ('folder: is stale', InputError), ('No space left', OSError)])
def test_no_process_waits_for_one_that_has_failed(
        tmp_path: Path, text: str, kind: type) -> None:
    def fail() -> None:
        raise kind(text)

    assert in_processes(lambda _: outcome(lambda: on_main(fail)), 2,
                        tmp_path / 'sync') == [f'{kind.__name__}: {text}'] * 2
    with pytest.raises(kind, match=text):
        on_main(fail)


def test_what_all_would_check_is_checked_once_a_machine(
        tmp_path: Path) -> None:
    """Of two machines with two processes each, one of bad disks."""
    def check_on(rank: int) -> str:
        os.environ['LOCAL_RANK'] = str(rank % 2)

        def check() -> None:
            (tmp_path / f'checked-{rank}').touch()
            if rank == 2:
                raise InputError('a.png: cut off')

        return outcome(lambda: once_a_node(check))

    assert in_processes(check_on, 4, tmp_path / 'sync') == [
        'InputError: a.png: cut off'] * 4
    assert sorted(path.name for path in tmp_path.glob('checked-*')) == [
        'checked-0', 'checked-2']


def test_one_process_checks_by_itself(
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever it was started as."""
    monkeypatch.setenv('LOCAL_RANK', '1')
    calls: list[int] = []
    once_a_node(lambda: calls.append(1))
    assert calls == [1]


def test_folder_that_machines_share(tmp_path: Path) -> None:
    folder = tmp_path / 'new/work'
    assert in_processes(lambda _: outcome(lambda: require_shared(folder)), 2,
                        tmp_path / 'sync') == ['None'] * 2
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize('absolute', [False, True])
def test_folder_that_is_another_one_elsewhere(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        absolute: bool) -> None:
    """Of the same name, as on disks of one's own, or of another one."""
    def check(rank: int) -> str:
        monkeypatch.setattr('platform.node', lambda: f'node{rank}')
        monkeypatch.chdir(tmp_path / str(rank))
        folder = Path('work').absolute() if absolute else 'work'
        return outcome(lambda: require_shared(folder)).rpartition('work: ')[2]

    for rank in range(3):
        (tmp_path / f'{rank}/work').mkdir(parents=True)
    assert in_processes(check, 3, tmp_path / 'sync') == [
        'what node0 writes is not there on node1, node2; '
        'name a folder that all machines share'] * 3
    assert not list(tmp_path.glob('?/work/*'))

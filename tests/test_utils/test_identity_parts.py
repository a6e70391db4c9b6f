# Copyright (c) COMNet contributors. All rights reserved.
"""Identities say in what they differ, and are what they were without that."""

from comnet.utils.identity_parts import changed_parts, whole, with_parts
from comnet.utils.record import Record

BEFORE = with_parts('a', list='1', labels='2')


def test_parts_that_differ_are_named() -> None:
    assert changed_parts(BEFORE, with_parts('b', list='1', labels='3')) == [
        'labels']
    assert changed_parts(BEFORE, BEFORE) == []
    assert changed_parts(BEFORE, with_parts('b', labels='3')) == ['labels']
    for other in ('b', None):  # nothing is known of its parts
        assert changed_parts(BEFORE, other) == []
        assert changed_parts(other, BEFORE) == []
    assert [whole(each) for each in (BEFORE, 'b', None)] == ['a', 'b', None]


def test_records_of_earlier_versions_are_as_good() -> None:
    before, now = (Record({}, dict(images=identity))
                   for identity in ('a', BEFORE))
    assert before.changes(now) == now.changes(before) == []
    assert before.identity == now.identity
    other = Record({}, dict(images=with_parts('b', list='1', labels='3')))
    assert before.changes(other) == ['other images']
    assert now.changes(other) == ['other images (labels)']

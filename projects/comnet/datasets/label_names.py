# Copyright (c) COMNet contributors. All rights reserved.
"""Names of classes: how people write them, and which ones are one."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from string import punctuation
from unicodedata import normalize

from ..utils import first_few
from .label_readers.cells import BRACKETS
from .label_readers.headers import SPLITS
from .picture_files import is_picture, name_problem

SHOWN = 5
MANY = 4096  # names, of which images have few
JOINTS = re.compile(r'[\s/+&]+')  # between what may be several classes
# what people call pictures that show none of the classes, or are not tagged
NONE = frozenset((
    'negative', 'negatives', 'normal', 'nothing', 'empty', 'other', 'others',
    'misc', 'unknown', 'unlabeled', 'unlabelled', 'untagged', 'no label'))
NUMBER = re.compile(r'[+-]?\d+([.,]\d+)?')


@lru_cache(MANY)
def tidy(name: str) -> str:
    """Return a name without blanks around it, its accents composed (NFC)."""
    return normalize('NFC', name.strip())


@lru_cache(MANY)
def fault(name: str) -> str | None:
    """Say why a tidy name cannot be a class."""
    if problem := name_problem(name):
        return f'{problem}; mend the name'
    if any(name.count(begin) != name.count(end)
           for begin, end in BRACKETS.items()):
        return 'is a part of a list; put quotes around the whole list'
    if not {*name} - {*punctuation}:
        return 'is no name; leave it out where a picture shows no class'
    if is_picture(name):
        return 'is the name of a picture; write image, class, class, …'
    return None


def twins(names: Iterable[str]) -> list[list[str]]:
    """Return the names that differ by case, blanks or ``_`` alone."""
    groups: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        key = ' '.join(re.split(r'[\s_]+', normalize('NFKC', name).strip()))
        groups.setdefault(key.casefold(), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def merged(counts: Mapping[str, int], known: Collection[str] = ()
           ) -> dict[str, str]:
    """Return for each twin that gives way the name that it becomes.

    That is the known one, else the more frequent one.
    """
    becomes = {}
    for group in twins({*counts, *known}):
        first = max(group, key=lambda name: (
            name in known, counts.get(name, 0), name))
        becomes.update({name: first for name in group
                        if name != first and name not in known})
    return becomes


def odd_names(counts: Counter[str], number: int) -> list[str]:
    """Return a line for each thing that classes seldom are.

    Args:
        counts: Images of each class.
        number: Of all images.
    """
    names = sorted(counts)
    once = [name for name in names if counts[name] == 1]
    always = [name for name in names if counts[name] == number]
    splits = [name for name in names if name.casefold() in SPLITS]
    none = [name for name in names
            if re.sub(r'[\s_-]+', ' ', name.casefold()) in NONE]
    digits = [name for name in names if NUMBER.fullmatch(name)]
    found = []
    if digits:
        found.append(f'classes that are numbers: {first_few(digits, SHOWN)}; '
                     'if these stand for names, write the names')
    if len(splits) > 1:
        found.append(f'classes that are called like splits: '
                     f'{first_few(splits, SHOWN)}; if they are, take them out')
    if none:
        found.append(f'classes that sound like none: {first_few(none, SHOWN)}'
                     '; name pictures without a class where they show none of '
                     'the others, and leave out those that nobody tagged')
    if once:
        found.append(f'classes of one picture: {first_few(once, SHOWN)}; '
                     'mend the name, or add pictures')
    if always:
        found.append(f'every picture has the class '
                     f'{first_few(always, SHOWN)}, which cannot be learnt '
                     'without pictures that lack it; add such')
    if words := _combined(names):
        found.append(f'names of classes share words: {first_few(words, SHOWN)}'
                     '; if each is several classes, separate them by commas')
    return found


def _combined(names: Collection[str]) -> list[str]:
    """Return names of several words, if there are no more words than names."""
    split = {name: {*filter(None, JOINTS.split(name))} for name in names}
    several = [name for name in names if len(split[name]) > 1]
    words = set().union(*(split[name] for name in several))
    if 2 < len(several) >= len(words) or any(
            split[name] <= {*names} for name in several):
        return several
    return []

# Copyright (c) COMNet contributors. All rights reserved.
"""Options that a dataclass describes."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

from comnet.engine.field_options import add_field_options, field_values


class Base:
    """What has a folder.

    Attributes:
        out_dir: Folder of the files.
    """


@dataclass(frozen=True)
class Labels(Base):
    """Labels made of maps.

    Attributes:
        fg_threshold: Score from which on 50 % of a pixel are foreground,
            as :class:`~comnet.Maps` and ``ops`` have it.
        refine: What refines them; None for nothing.
        norm: IoU or mean.

    Example::

        fg_threshold: this is no entry
    """
    kind: ClassVar[str] = 'labels'
    out_dir: str | Path
    fg_threshold: float = 0.30
    num_steps: int = 256
    refine: str | Mapping[str, Any] | None = 'DenseCRF'
    norm: Literal['maximum', 'mean'] = 'mean'
    scales: tuple[float, ...] = (1.0, 0.5)
    size: tuple[int, int] = (3, 4)
    flip: bool = True
    displacement: bool = False
    limit: int | None = None
    made: list = field(default_factory=list, init=False)


def read(*words: str) -> Labels:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_field_options(parser, Labels)
    return Labels(**field_values(parser.parse_args(words), Labels))


def test_defaults_are_those_of_the_class() -> None:
    assert read('--out-dir', 'a') == Labels('a')


def test_values_have_the_types_of_the_fields() -> None:
    assert read(
        *'--out-dir a --fg-threshold 1 --num-steps 64 --refine none --norm '
        'maximum --scales 2 --size 5 6 --no-flip --displacement --limit 7'
        .split()) == Labels(
            'a', 1.0, 64, None, 'maximum', (2.0, ), (5, 6), False, True, 7)
    assert read('--out-dir', 'a', '--limit', 'none').limit is None


@pytest.mark.parametrize('words', [
    '--num-steps 0.5', '--limit some', '--norm median', '--size 1'])
def test_what_is_no_such_value_is_refused(words: str) -> None:
    with pytest.raises(argparse.ArgumentError):
        read('--out-dir', 'a', *words.split())


def test_a_field_without_default_has_to_be_given(
        capsys: pytest.CaptureFixture) -> None:
    with pytest.raises((SystemExit, argparse.ArgumentError)):
        read()


def test_the_help_is_that_of_the_docstring() -> None:
    parser = argparse.ArgumentParser()
    add_field_options(parser, Labels)
    text = ' '.join(parser.format_help().split())
    assert ('--fg-threshold FG_THRESHOLD score from which on 50 % of a pixel '
            'are foreground, as comnet.Maps and ops have it (default: 0.3)'
            ) in text
    assert 'what refines them; None for nothing (default: DenseCRF)' in text
    assert 'IoU or mean (default: mean)' in text
    assert '(default: 1.0 0.5)' in text
    assert '(default: none)' in text
    assert 'folder of the files' in text  # of the base class


def test_only_the_fields_that_are_named() -> None:
    parser = argparse.ArgumentParser()
    add_field_options(parser, Labels, ['num_steps'])
    args = parser.parse_args(['--num-steps', '3'])
    assert vars(args) == dict(num_steps=3)
    assert field_values(args, Labels, ['num_steps']) == dict(num_steps=3)
    with pytest.raises(ValueError, match="no fields .'nothing'"):
        add_field_options(parser, Labels, ['nothing'])


def test_a_type_without_an_option_is_a_mistake() -> None:
    @dataclass
    class Wrong:
        values: dict = field(default_factory=dict)

    with pytest.raises(TypeError, match='Wrong.values'):
        add_field_options(argparse.ArgumentParser(), Wrong)

# Copyright (c) COMNet contributors. All rights reserved.
"""The dicts of settings in ``configs/_base_/pseudo``, checked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, ClassVar, TypeVar

from ..ops import AFFINITY_CRFS, CRFS, check_crf
from ..utils import InputError

KINDS: dict[Any, type] = {int: Integral, float: Real}
T = TypeVar('T', bound='Settings')


class Settings:
    """Base of dataclasses that are read from a config.

    Attributes:
        crfs: What ``crf`` may be.
    """
    crfs: ClassVar[tuple[str | None, ...]] = CRFS

    @classmethod
    def of(cls: type[T], settings: Mapping[str, Any], name: str) -> T:
        """Check the settings of a config.

        Args:
            settings: A dict of a config.
            name: Its name there, for the message.

        Returns:
            The settings, the defaults of the class among them.

        Raises:
            InputError: There is no such setting, or it has no such value.
        """
        known = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        for key in settings:
            if key not in known:
                raise InputError(f'{name}.{key}: no such setting; there are '
                                 f'{", ".join(known)}')
        for each in fields(cls):  # type: ignore[arg-type]
            value = settings.get(each.name, each.default)
            kind = KINDS.get(each.type)
            if kind and (isinstance(value, bool)
                         or not isinstance(value, kind)):
                raise InputError(f'{name}.{each.name} is {value!r}; give '
                                 f'{"a whole" if kind is Integral else "a"} '
                                 'number')
        check_crf(settings.get('crf'), cls.crfs, f'{name}.crf')
        return cls(**settings)


@dataclass(frozen=True)
class AffinitySettings(Settings):
    """Thresholds of CAMs in [0, 1], see :func:`comnet.ops.affinity_labels`."""
    crfs = AFFINITY_CRFS
    fg_threshold: float = 0.30
    bg_threshold: float = 0.05
    crf: str | None = 'labels'


@dataclass(frozen=True)
class MaskSettings(Settings):
    """How CAMs become a mask, see :func:`comnet.ops.pseudo_mask`."""
    bg_threshold: float = 0.15
    crf: str | None = 'labels'


@dataclass(frozen=True)
class WalkSettings(Settings):
    """See :func:`comnet.ops.walk_scores`, :func:`comnet.ops.pseudo_mask`."""
    radius: int = 5
    beta: float = 10
    num_steps: int = 256
    normalize: str = 'maximum'
    bg_threshold: float = 0.25
    crf: str | None = 'labels'

# Copyright (c) COMNet contributors. All rights reserved.
"""How long the steps of a pipeline took where somebody has measured them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..datasets.voc_folder import read_split
from ..utils import InputError

SETTING = 'expected'
EXAMPLE = ("dict(num_images=294, where='two cores', seconds=dict(cam=60), "
           "limited=('segmentor', ))")


@dataclass(frozen=True)
class Expected:
    """What a pipeline's config says of the time that its steps take.

    Attributes:
        num_images: Training images that it was measured with; with others a
            step takes longer or shorter in proportion.
        where: What it was measured on, such as 'two cores'.
        seconds: Those of each step.
        limited: Steps that take no longer with more images.
    """
    num_images: int = 1
    where: str = ''
    seconds: Mapping[str, float] = field(default_factory=dict)
    limited: tuple[str, ...] = ()

    @classmethod
    def of(cls, cfg: Mapping[str, Any], place: str) -> 'Expected':
        """Return what a config expects, nothing where it has no such part.

        Raises:
            InputError: It is not right.
        """
        given = cfg.get(SETTING) or {}
        try:
            found = cls(**given)
            if found.num_images < 1 or any(
                    not value >= 0 for value in found.seconds.values()):
                raise ValueError
            return found
        except (TypeError, ValueError, AttributeError) as error:
            raise InputError(f'{place}: {SETTING} is {given!r}; give such as '
                             f'{EXAMPLE}') from error

    def step(self, name: str, data_root: str, train_list: str
             ) -> float | None:
        """Return the seconds of a step, None where nothing is known of it."""
        if name not in self.seconds:
            return None
        share = len(read_split(data_root, train_list)) / self.num_images
        return self.seconds[name] * (
            min(share, 1) if name in self.limited else share)

# Copyright (c) COMNet contributors. All rights reserved.
"""Settings from CAMs to pseudo masks, chosen without a true mask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from ..ops import otsu_threshold
from ..steps import AffinityLabels, WalkedMasks
from ..steps.cam_counts import cam_counts
from ..steps.walk_fits import THRESHOLDS, Walk, WalkFits, walk_fits
from ..utils import InputError
from ..utils.progress import tell
from .method import Method
from .plan import DONE, plan
from .reading import read_methods
from .run import chosen_methods

NUM_PICTURES = 300
WALKS = [Walk(*each) for each in product(
    (5, 10, 20), (16, 64, 256), ('maximum', 'mean'))]
ENOUGH = 0.99  # share of the best fit from which on a walk will do
Chosen = dict[str, tuple[Any, str]]  # value and reason by setting


@dataclass(frozen=True)
class Choice:
    """What was chosen for a setting.

    Attributes:
        setting: Its name in a pipeline's config.
        before: What the config says.
        chosen: What the rule says.
        why: The reason, in a clause.
    """
    setting: str
    before: Any
    chosen: Any
    why: str


def tune(config: str | Path, work_dir: str | Path,
         options: Mapping[str, Any] | None = None, *,
         methods: Sequence[str] | None = None, seed: int = 0,
         num_pictures: int = NUM_PICTURES) -> list[Choice]:
    """Choose settings of a pipeline's run, begun or finished.

    The affinity labels' thresholds where there are CAMs, see
    ``choose_labels``, the walk and the threshold of the pseudo masks where
    there is an IRNet, too, see ``choose_walk``. Nothing of the run is
    changed.

    Args:
        config: As in :func:`comnet.pipeline.run_steps`, as the next four.
        work_dir: Folder of the run.
        options: Settings that override those of the config.
        methods: Names of the methods.
        seed: Seed of the trainings.
        num_pictures: Pictures to look at, evenly spread.

    Returns:
        A choice a setting, in the order of the steps.

    Raises:
        InputError: Something given is missing or wrong, or no method has come
            so far.
    """
    if num_pictures < 1:
        raise InputError(f'num_pictures is {num_pictures}; give 1 or more')
    known = read_methods(config, options, work_dir, seed)
    choices = [choice for method in chosen_methods(known, methods, config)
               for choice in _tune_method(method, num_pictures)]
    if not choices:
        raise InputError(f'{work_dir}: no CAMs of this config are finished; '
                         'run the pipeline with --steps classifier cam first')
    return choices


def _tune_method(method: Method, num_pictures: int) -> Iterator[Choice]:
    """Yield the choices for the steps of a method that can be tuned."""
    states = {one.name: one.state for one in plan(method)}
    for name, step in method.built.items():
        if not isinstance(step, AffinityLabels | WalkedMasks):
            continue
        waits = [each for each in method.needs(name) if states[each] != DONE]
        if waits:
            tell(f'{method.name}: {name} waits for {", ".join(waits)}')
            continue
        tell(f'{method.name}: {name}')
        step.required()
        ids = step.ids()
        ids = ids[::-(-len(ids) // num_pictures)]
        chosen = (choose_walk(walk_fits(step, ids, WALKS))
                  if isinstance(step, WalkedMasks) else
                  choose_labels(cam_counts(step.cam_dir, ids)))
        for setting, (value, why) in chosen.items():
            yield Choice(f'methods.{method.name}.{name}.{setting}',
                         getattr(step, setting), value, why)


def choose_labels(counts: np.ndarray) -> Chosen:
    """Choose affinity labels' thresholds, by :func:`cam_counts`.

    Returns:
        Value and reason by setting of :class:`comnet.steps.AffinityLabels`.
    """
    threshold = otsu_threshold(counts)
    return dict(
        fg_threshold=(threshold, "parts high CAMs from low ones (Otsu's)"),
        bg_threshold=(threshold / 2, 'half of fg_threshold'))


def choose_walk(found: WalkFits) -> Chosen:
    """Choose the walk that spreads least, of those that fit well enough.

    It is the shortest one, of these the one of the highest power. Its
    threshold is midway between that of the best fit and Otsu's, which err to
    different sides.

    Args:
        found: Of :data:`WALKS`.

    Returns:
        Value and reason by setting of :class:`comnet.steps.WalkedMasks`.
    """
    heights = found.fits.max(1)  # (W,)
    place = min(np.flatnonzero(heights >= ENOUGH * heights.max()),
                key=lambda index: (
                    WALKS[index].num_steps, -WALKS[index].beta,
                    -heights[index]))
    walk, height = WALKS[place], heights[place]
    chosen: Chosen = {}
    for name in ('beta', 'num_steps', 'normalize'):
        value = getattr(walk, name)
        other = max(fit for each, fit in zip(WALKS, heights, strict=True)
                    if getattr(each, name) != value)
        chosen[name] = value, (
            f'fit {height:.1%}, with another {other:.1%} at most')
    best = float(THRESHOLDS[found.fits[place].argmax()])
    parting = otsu_threshold(found.counts[place])
    chosen['bg_threshold'] = round((best + parting) / 2, 3), (
        f"midway of best fit ({best:g}) and Otsu's ({parting:g})")
    return chosen

# Copyright (c) COMNet contributors. All rights reserved.
"""What a run has achieved, in a few plain sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..converters.suspicion import Suspicion
from ..steps.run_file import RunFile
from .run_folder import Records

NO_MASKS = ('There are no true masks, so that nothing measures how good these '
            'are: look at the pictures.')


@dataclass(frozen=True)
class Looks:
    """What masks look like beside the tags of their images.

    Attributes:
        title: What they are called, such as 'pseudo mask'.
        method: The method that made them.
        split: 'train' or 'val'.
        found: What speaks against each.
    """
    title: str
    method: str
    split: str
    found: Sequence[Suspicion]


def verdict(run: RunFile, records: Records,
            looks: Sequence[Looks]) -> list[str]:
    """Tell what was measured last, and how masks look where nothing was.

    Args:
        run: What the run tells of itself.
        records: Of its steps.
        looks: Of masks of images without true ones.

    Returns:
        Sentences; none where nothing is made yet.
    """
    sentences = list(_measured(run, records))
    if not sentences and looks:
        sentences.append(NO_MASKS)
    return sentences + [sentence for each in looks
                        if (sentence := _told(each))]


def _measured(run: RunFile, records: Records) -> Iterator[str]:
    """Tell the last measure of each split, of the best method."""
    last = {measure.split: (step, measure)
            for step, measure in run.measures.items()
            if any(measure.metric in steps[step].results
                   for steps in records.values() if step in steps)}
    for step, measure in sorted(last.values(), key=lambda each: (
            each[1].split != 'val')):
        values = {method: steps[step].results[measure.metric]
                  for method, steps in records.items() if step in steps
                  and measure.metric in steps[step].results}
        best = max(values, key=lambda method: values[method])
        number = max(steps[step].results.get(measure.count, 0)
                     for steps in records.values() if step in steps)
        text = (f'The {measure.title}s of {best} on {number} images of '
                f'{measure.split} have {values[best]:.1f} % mIoU')
        first = next(iter(values))
        if best != first:
            text += (f', {values[best] - values[first]:.1f} points more than '
                     f'those of {first}')
        yield f'{text}.'


def _told(looks: Looks) -> str:
    """Tell how many masks show what the tags say."""
    number = len(looks.found)
    doubtful = sum(bool(each.reasons) for each in looks.found)
    if not number:
        return ''
    kind = f'{looks.title}s of {looks.method} on {number} images of ' \
           f'{looks.split} without a true mask'
    if not doubtful:
        return f'All {kind} show the classes of the tags.'
    return (f'Of the {kind} {number - doubtful} show the classes of the tags '
            f'and {doubtful} something else: a tagged class without a pixel, '
            'one that is no tag, nothing, or what is tiny or the whole '
            'picture. These stand first.')


def next_commands(work_dir: str | Path, run: RunFile,
                  records: Records) -> list[tuple[str, str]]:
    """Return what can be done with what a run has made: purpose, command."""
    found = []
    finished = {name for steps in records.values()
                for name, record in steps.items() if record.finished}
    able = {method: steps for method, steps in records.items()
            if any(name in steps and steps[name].finished
                   for name in ('segmentor', 'pixel_evaluation'))}
    if able:
        which = '' if run.best(able) else f' --method {[*able][-1]}'
        found.append(('Segment other pictures', 'comnet segment PICTURES '
                      f'--run {work_dir}{which} --out-dir masks'))
    if 'pseudo' in finished:
        method = [name for name, steps in records.items()
                  if 'pseudo' in steps][-1]
        folder = (run.folder(work_dir, method, 'pseudo')
                  / run.methods[method]['pseudo'].makes).parent
        found.append(('Correct the most doubtful masks and train again',
                      f'comnet export-masks {folder} to_fix --format labelme '
                      '--number 20'))
    return found

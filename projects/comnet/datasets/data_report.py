# Copyright (c) COMNet contributors. All rights reserved.
"""What a check of a data set has found."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

ERROR, WARNING = 'error', 'warning'


@dataclass(frozen=True)
class Finding:
    """Something wrong with a data set.

    Attributes:
        severity: 'error' where training or evaluation would fail, else
            'warning'.
        text: One line: which file, what is wrong, what to do.
    """
    severity: str
    text: str

    def __str__(self) -> str:
        return f'{self.severity}: {self.text}'


@dataclass
class DataReport:
    """All findings, and what there is.

    Attributes:
        findings: In the order of lists, pictures, labels, classes, pixels.
        images: Number of images of each list.
        classes: For each class the number of images of each list.
        negatives: Number of images of each list that show no class, as the
            labels say.
        pairs: For each class the pairs of training images that share it.
        masks: Number of true masks of each list.
        sizes: Width and height of the smallest, median and largest picture,
            by area; empty unless pixels were read.
        unlisted: Number of pictures beside those of the lists that are in no
            list.
        labels: How those of train were read, one line.
    """
    findings: list[Finding] = field(default_factory=list)
    images: dict[str, int] = field(default_factory=dict)
    classes: dict[str, dict[str, int]] = field(default_factory=dict)
    negatives: dict[str, int] = field(default_factory=dict)
    pairs: dict[str, int] = field(default_factory=dict)
    masks: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    unlisted: int = 0
    labels: str = ''

    @property
    def errors(self) -> list[Finding]:
        """The findings that training or evaluation would fail of."""
        return [each for each in self.findings if each.severity == ERROR]

    @property
    def warnings(self) -> list[Finding]:
        """The other findings."""
        return [each for each in self.findings if each.severity == WARNING]

    def add(self, severity: str, texts: Iterable[str]) -> None:
        """Add a finding a line."""
        self.findings += [Finding(severity, text) for text in texts]

    def table(self) -> str:
        """Lay out the numbers, a row a class, and the sizes of pictures."""
        table = Table('images of', *self.images, 'pairs of train')
        for label, counts in self.classes.items():
            table.add_row(label, *map(str, counts.values()),
                          str(self.pairs[label]))
        if any(self.negatives.values()):
            table.add_row('none of them', *(
                str(self.negatives.get(name, 0)) for name in self.images), '')
        table.add_section()
        table.add_row('all classes', *map(str, self.images.values()), '')
        table.add_row('with a true mask', *map(str, self.masks.values()), '')
        console = Console(width=100)
        with console.capture() as capture:
            console.print(table, markup=False)
        lines = [capture.get().rstrip(), *filter(None, [self.labels])]
        if self.sizes:
            lines.append('sizes: ' + ', '.join(
                f'{name} {width} x {height}'
                for name, (width, height) in self.sizes.items()))
        if self.unlisted:
            lines.append(f'{self.unlisted} more pictures are in no list')
        return '\n'.join(lines)

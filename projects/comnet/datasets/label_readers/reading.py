# Copyright (c) COMNet contributors. All rights reserved.
"""What a file or folder of labels says, in its own names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """The classes of an image, or some of them.

    Attributes:
        name: What the source calls the image.
        classes: Names of the classes; none where it shows none of them.
        place: File, and line where it has lines.
    """
    name: str
    classes: Sequence[str]
    place: str


@dataclass
class Reading:
    """What a source says.

    Attributes:
        path: The file or folder.
        kind: How it was read, such as 'one-hot'.
        entries: An image may have several.
        problems: A line each: which file or line, what is wrong, what to do.
        notes: A line each about what was passed over or taken to mean.
        failed: Ids of the images whose labels could not be read.
        places: Where the labels of an image should stand, by id.
    """
    path: Path
    kind: str
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, classes: Iterable[str], place: str) -> None:
        """Note classes of an image beside those that it has."""
        self.entries.append(Entry(name, list(dict.fromkeys(classes)), place))


Reader = Callable[[Path, Sequence[str], Sequence[str] | None], Reading]

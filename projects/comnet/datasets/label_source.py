# Copyright (c) COMNet contributors. All rights reserved.
"""What a source of image-level labels says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class LabelSource:
    """The classes of images, and all that could not be read.

    Attributes:
        path: The file or folder.
        classes: Names of the classes, by image id.
        places: File, and line where it has lines, by image id.
        problems: A line each: which file or line, what is wrong, what to do.
        failed: Ids of the images whose labels could not be read.
    """
    path: Path
    classes: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def add(self, image_id: str, names: Iterable[str], place: str) -> None:
        """Note classes of an image beside those that it has."""
        known = self.classes.setdefault(image_id, [])
        known += [name for name in names if name not in known]
        self.places.setdefault(image_id, place)

    def fail(self, image_id: str, problem: str) -> None:
        """Note that the labels of an image cannot be read."""
        self.problems.append(problem)
        self.failed.add(image_id)

    def place(self, image_id: str) -> str:
        """Return where the labels of an image stand, or should stand."""
        return self.places.get(image_id, str(self.path))

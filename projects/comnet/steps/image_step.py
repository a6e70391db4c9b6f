# Copyright (c) COMNet contributors. All rights reserved.
"""Steps that make a file an image."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from mmengine.dist import get_rank, get_world_size

from ..datasets.cam_file import CAMFile
from ..datasets.identity import folder_identity, images_identity
from ..datasets.picture_files import IMAGE_DIR, find_pictures
from ..datasets.voc_folder import (
    load_image,
    read_classes,
    read_split,
    require_files,
)
from ..evaluation import evaluate_masks
from ..models.refiners import Refiner, build_refiner
from ..utils.parallel import default_workers, run_jobs
from ..utils.progress import tell, track
from .step import Measure, Step


class ImageStep(Step):
    """Makes a file of each image of a list, in worker processes.

    Images whose file is there are skipped, so that a run that was cut off
    goes on. Started by a launcher, each process takes a share of the images.

    Attributes:
        makes: ``*`` and the suffix of its files.
    """
    makes: ClassVar[str] = '*.png'
    data_root: Any
    image_list: Any
    cam_dir: Any

    def ids(self) -> list[str]:
        """Return the ids of the images."""
        return read_split(self.data_root, self.image_list)

    def path(self, image_id: str) -> Path:
        """Return the file of an image."""
        return self.folder / f'{image_id}{self.makes.removeprefix("*")}'

    def inputs(self) -> dict[str, str]:
        return dict(
            images=images_identity(self.data_root, self.image_list),
            cams=folder_identity(self.cam_dir, self.ids(), '.npz'))

    def prepare(self, launcher: str) -> Any:
        super().prepare(launcher)
        self.required()

    def required(self) -> None:
        """Raise an InputError unless the CAMs of all images are there."""
        require_files(Path(self.cam_dir), self.ids(), '.npz', 'CAM file')

    def missing(self) -> Sequence[str]:
        return [image_id for image_id in self.ids()
                if not self.path(image_id).is_file()]

    def todo(self) -> Sequence[str]:
        return self.missing()

    def make(self, built: Any, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        share = todo[get_rank()::get_world_size()]
        tell(f'{len(share)} of {len(self.ids())} images to make')
        jobs = run_jobs(
            self.write, self.jobs(share), workers or default_workers())
        for _ in track(jobs, len(share)):
            pass
        return {}

    def jobs(self, share: Sequence[str]) -> Iterator[tuple]:
        """Yield the arguments of :meth:`write`, here id and picture."""
        pictures = find_pictures(Path(self.data_root) / IMAGE_DIR, share)
        yield from ((image_id, pictures[image_id]) for image_id in share)

    @abstractmethod
    def write(self, *arguments: Any) -> None:
        """Write the file of an image, in a worker process."""


class RefinedStep(ImageStep):
    """Makes labels of CAMs that follow an image's colours."""
    refine: str | Mapping[str, Any] | None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.refiner()

    def refiner(self) -> Refiner | None:
        """Return what refines them."""
        return build_refiner(self.refine)

    def check(self) -> None:
        if refiner := self.refiner():
            refiner.require()

    def read(self, image_id: str, image_path: Path
             ) -> tuple[np.ndarray, CAMFile]:
        """Return an image (H, W, 3) and its CAMs, which fit it."""
        path = Path(self.cam_dir) / f'{image_id}.npz'
        image, cam = load_image(image_path), CAMFile.load(path)
        cam.check_size(path, image.shape[:2])
        cam.check_classes(path, self.num_classes)
        return image, cam

    @cached_property
    def num_classes(self) -> int:
        """Number of classes of the data set, without background."""
        return len(read_classes(self.data_root))


class PseudoMasks(RefinedStep):
    """Makes pseudo masks and measures them where there are true ones."""
    files: ClassVar[str] = 'masks'
    measure: ClassVar[Measure | None] = Measure('pseudo mask', 'train')

    def evaluate(self) -> dict[str, Any]:
        return evaluate_masks(self.data_root, self.image_list, self.out_dir)

# Copyright (c) COMNet contributors. All rights reserved.
"""Projected features of images on disk, computed once and read often."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from shutil import rmtree

import cv2
import numpy as np
import torch
from mmengine.dataset import BaseDataset
from mmengine.model import BaseModel
from torch import Tensor
from torch.nn import functional as F

from ..datasets.cam_file import CAMFile
from ..datasets.voc_folder import load_mask
from ..evaluation.threshold_sweep import sweep_areas
from ..ops import (
    nearest_neighbors,
    normalize_cam,
    pixel_maps,
    pixel_probs,
    pixel_seeds,
    principal_components,
    resize_cam,
)
from ..ops.cam import cam_size
from ..utils.atomic_file import write_atomically
from ..utils.host import to_host
from ..utils.progress import tell, track
from .network import predict_features

COMPONENTS = 'components.npy'
SAMPLE_IMAGES, SAMPLE_POSITIONS = 256, 64  # of each

Layer = tuple[Tensor, Tensor]  # weight (L, d) and bias (L,)


@dataclass
class Positions:
    """The positions of an image.

    Attributes:
        features: Unit-length features after the projection, shape (h w, d).
        neighbors: Indices of the most similar ones, shape (h w, k), int64.
        size: (h, w).
    """
    features: Tensor
    neighbors: Tensor
    size: tuple[int, int]

    def seeds(self, cams: CAMFile, fg_threshold: float,
              bg_threshold: float) -> Tensor:
        """Return the labels that CAMs are sure of, -1 elsewhere, (h w,)."""
        maps = resize_cam(torch.from_numpy(cams.cam), self.size)
        if not cams.absolute:
            maps = normalize_cam(maps)
        return pixel_seeds(maps, cams.keys.tolist(), fg_threshold,
                           bg_threshold).flatten()

    def classified(self, cams: CAMFile, layer: Layer
                   ) -> tuple[Tensor, CAMFile]:
        """Classify the positions.

        Args:
            cams: The image's CAMs, which tell its classes.
            layer: Weight and bias.

        Returns:
            The most probable labels, on the CPU, (h w,), and maps at stride
            4 in place of the CAMs'.
        """
        probs = pixel_probs(self.features, self.neighbors, *layer,
                            cams.keys.tolist())  # (h w, 1 + K)
        maps = pixel_maps(resize_cam(
            probs.T.unflatten(1, self.size), cam_size(*cams.size)))
        winner, maps = to_host(probs.argmax(1), maps)
        labels = torch.from_numpy(np.append(0, cams.keys + 1))
        return labels[winner], CAMFile(
            cams.keys, maps.numpy(), cams.size, cams.scores, absolute=True)


@dataclass
class PixelFeatures:
    """What a network's backbone makes of images, a file each.

    Attributes:
        model: A classifier with ``extract_feat``, in evaluation mode.
        dataset: Its images; an item has ``inputs``.
        ids: Their ids, in the same order.
        folder: Folder of the files.
        scale: Factor of an image's size.
        num_components: d, the principal directions that are kept.
        num_neighbors: k.
        num_workers: Processes that load images.
        seed: Of the positions that the directions are found with.
        known: The directions, where they are known already, (c, d).
    """
    model: BaseModel
    dataset: BaseDataset
    ids: Sequence[str]
    folder: Path
    scale: float
    num_components: int
    num_neighbors: int
    num_workers: int
    seed: int
    known: Tensor | None = None

    def write(self, ids: Sequence[str]) -> None:
        """Write the files of images that have none."""
        wanted = set(ids)
        missing = [place for place, name in enumerate(self.ids)
                   if name in wanted and not self._path(name).is_file()]
        if not missing:
            return
        components = self.components.to(self.model.data_preprocessor.device)
        tell(f'features of {len(missing)} of {len(self.ids)} images')
        for place, points, pooled, size in track(
                self._computed(missing), len(missing)):
            features = points @ components  # (h w, d)
            neighbors, = nearest_neighbors(  # nearly the cosine of points
                features[None], self.num_neighbors, 'inner')
            pooled, features, neighbors = to_host(
                pooled, features.half(), neighbors.int())
            write_atomically(self._path(self.ids[place]), partial(
                np.savez, size=size, pooled=pooled.numpy(),
                features=features.numpy(), neighbors=neighbors.numpy()))

    def read(self, image_id: str) -> Positions:
        """Read an image's file, onto the model's device."""
        device = self.model.data_preprocessor.device
        with np.load(self._path(image_id)) as file:
            height, width = file['size'].tolist()
            return Positions(
                torch.from_numpy(file['features']).to(device),
                torch.from_numpy(file['neighbors']).to(device).long(),
                (height, width))

    def pooled(self, image_id: str) -> Tensor:
        """Read the mean of an image's features, of unit length, (c,)."""
        with np.load(self._path(image_id)) as file:
            return torch.from_numpy(file['pooled'])

    def remove(self) -> None:
        """Delete the files."""
        rmtree(self.folder, ignore_errors=True)

    @cached_property
    def components(self) -> Tensor:
        """The directions, of 64 positions each of up to 256 images, (c, d).

        These images are seen twice, unless the backbone keeps its output.
        """
        if self.known is not None:
            return self.known
        path = self.folder / COMPONENTS
        if not path.is_file():
            number = min(len(self.ids), SAMPLE_IMAGES)
            tell(f'principal directions of {number} images')
            generator = torch.Generator().manual_seed(self.seed)
            places = [index * len(self.ids) // number
                      for index in range(number)]
            sample = []  # (up to 64, c) each
            for _, points, _, _ in track(self._computed(places), number):
                chosen = torch.randperm(
                    len(points), generator=generator)[:SAMPLE_POSITIONS]
                sample.append(points[chosen.to(points.device)].cpu())
            points = torch.cat(sample).double()
            found = principal_components(
                points.T @ points, self.num_components).float()
            write_atomically(path, partial(np.save, arr=found.numpy()))
        return torch.from_numpy(np.load(path))

    def _computed(self, places: Sequence[int]
                  ) -> Iterator[tuple[int, Tensor, Tensor, tuple[int, int]]]:
        """Compute the features of images.

        Yields:
            Place, features (h w, c), their mean before they are of unit
            length, itself of unit length, (c,), and (h, w).
        """
        found = predict_features(self.model, self.dataset, places, self.scale,
                                 self.num_workers)
        for place, (_, feature) in zip(places, found, strict=True):
            points = feature.float().flatten(1).T  # (h w, c)
            yield (place, F.normalize(points, dim=1, eps=1e-6),
                   F.normalize(points.mean(0), dim=0),
                   (feature.shape[1], feature.shape[2]))

    def _path(self, image_id: str) -> Path:
        return self.folder / f'{image_id}.npz'


def even_shares(total: int, number: int,
                generator: torch.Generator) -> list[int]:
    """Share a total among a number of images; chance deals out the rest."""
    ranks = torch.randperm(number, generator=generator)
    return ((ranks + 1) * total // number - ranks * total // number).tolist()


def argmax_areas(file: CAMFile, mask_path: Path,
                 num_labels: int) -> np.ndarray:
    """Compare maps with the true mask, if there is one, at stride 4.

    Args:
        file: Absolute maps: a class is the most probable one above 0.5.
        mask_path: The true mask.
        num_labels: L, with the background.

    Returns:
        See :func:`sweep_areas`, shape (3, L, 1).
    """
    if not mask_path.is_file():
        return np.zeros((3, num_labels, 1), dtype=np.int64)
    truth = cv2.resize(load_mask(mask_path), file.cam.shape[:0:-1],
                       interpolation=cv2.INTER_NEAREST)
    return sweep_areas(
        truth, file.keys, file.cam, np.array([0.5], np.float32), num_labels)

# Copyright (c) COMNet contributors. All rights reserved.
import numpy as np
from mmpretrain.registry import VISUALIZERS
from mmpretrain.structures import DataSample
from mmpretrain.visualization import UniversalVisualizer

from ..datasets.cam_file import CAMFile
from .overlay import named_heatmap

WHITE = 255


@VISUALIZERS.register_module()
class CAMVisualizer(UniversalVisualizer):
    """Draws class activation maps over the pictures of a test.

    It draws what :class:`CAMHook` has written, where a hook such as
    :class:`mmseg.engine.SegVisualizationHook` asks for it. The arguments are
    those of :class:`mmpretrain.visualization.UniversalVisualizer`.
    """

    def add_datasample(self,
                       name: str,
                       image: np.ndarray,
                       data_sample: DataSample,
                       show: bool = False,
                       wait_time: float = 0,
                       step: int = 0) -> None:
        """Give a picture and the map of each of its classes to all backends.

        See the base class. In a validation, where no ``cam_path`` is written,
        nothing is drawn; ``show`` opens a window instead.

        Raises:
            InputError: The file of the maps is missing or no good.
        """
        if 'cam_path' not in data_sample:
            return
        drawn = self._draw(image, CAMFile.load(data_sample.cam_path))
        if show:
            self.show(drawn, win_name=name, wait_time=wait_time)
        else:
            self.add_image(name, drawn, step)

    def _draw(self, image: np.ndarray, file: CAMFile) -> np.ndarray:
        """Return an image (H, W, 3) and its K heat maps side by side."""
        panels = []
        for key, heat in zip(file.keys, file.full_size(), strict=True):
            text = self.dataset_meta['classes'][key]
            if file.scores is not None:
                text = f'{text} {file.scores[key]:.2f}'
            panels.append(named_heatmap(image, heat, text))
        if not panels:
            return image
        below = len(panels[0]) - len(image)
        plain = np.pad(image, ((0, below), (0, 0), (0, 0)),
                       constant_values=WHITE)
        return np.hstack([plain, *panels])

# Copyright (c) COMNet contributors. All rights reserved.
from typing import Any

from mmpretrain.models import ViTEVA02
from mmpretrain.models.utils.position_encoding import RotaryEmbeddingFast
from mmpretrain.registry import MODELS
from torch import Tensor


@MODELS.register_module()
class EVA02(ViTEVA02):
    """EVA-02 for pictures of several sizes.

    mmpretrain's keeps the rotary positions of the last picture among its
    weights: a checkpoint would fit no network that has seen another size.

    Args:
        **kwargs: Those of :class:`mmpretrain.models.ViTEVA02`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rope = _Positions(
            self.embed_dims // self.num_heads, self.patch_resolution)
        for layer in self.layers:
            layer.attn.rope = self.rope

    def convert_pretrained(self, weights: dict[str, Tensor]
                           ) -> dict[str, Tensor]:
        """Return weights without the positions among them."""
        return {name: weight for name, weight in weights.items()
                if not name.endswith(('rope.freqs_cos', 'rope.freqs_sin'))}


class _Positions(RotaryEmbeddingFast):
    """Rotary positions that are no weights."""

    def register_buffer(self, name: str, tensor: Tensor | None,
                        persistent: bool = False) -> None:
        super().register_buffer(name, tensor, persistent)

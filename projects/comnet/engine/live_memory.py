# Copyright (c) COMNet contributors. All rights reserved.
"""The memory that a network takes on a GPU, without one.

PyTorch's fake tensors have shapes and no values: a step of any size is over
in seconds. They say that they are on the CPU, as autograd would look for the
driver of a GPU; where this package does otherwise on a CPU than on a GPU it
takes them for tensors of the latter.
"""

import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses import FakeTensorMode
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    FakeCopyMode,
)
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from ..utils import InputError

BLOCK = 512  # bytes that PyTorch's allocator rounds up to

aten = torch.ops.aten
SCALARS = (aten._local_scalar_dense.default, aten.is_nonzero.default,
           aten.item.default)  # the last two are split up, but for inference


class LiveMemory(TorchDispatchMode):
    """Counts the bytes of all tensors that operations return.

    A storage counts until nothing refers to it. Where a result depends on
    values, which are not there, all of them are 1.

    Args:
        model: Its parameters and buffers count from the start on.

    Attributes:
        now: What is taken.
        peak: The most that was, of which ``gradients`` of the parameters.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.now = 0
        self.known: weakref.WeakSet = weakref.WeakSet()
        self.parameters = list(model.parameters())
        self.reset_peak()
        self._add(*self.parameters, *model.buffers())

    def reset_peak(self) -> None:
        """Take what is there now for the peak."""
        self.peak = self.now
        self.gradients = 0

    def __torch_dispatch__(self, func: Any, types: Sequence[type],
                           args: tuple = (),
                           kwargs: Mapping[str, Any] | None = None) -> Any:
        try:
            out = func(*args, **(kwargs or {}))
        except (DataDependentOutputException,
                DynamicOutputShapeException) as error:
            if func in SCALARS:
                return 1
            if func is not aten.index.Tensor:
                raise InputError(
                    f'{func}: the memory of its result depends on values; '
                    'leave it out of the network') from error
            out = func(args[0], self._indices(args[1]))
        self._add(*(x for x in pytree.tree_leaves(out)
                    if isinstance(x, Tensor)))
        return out

    def _indices(self, indices: Sequence[Tensor | None]
                 ) -> list[Tensor | None]:
        """Turn masks (…) into the indices of all that they cover, (n,)."""
        found: list[Tensor | None] = []
        for each in indices:
            if each is None or each.dtype != torch.bool:
                found.append(each)
            else:
                places = each.new_empty(
                    each.numel(), each.dim(), dtype=torch.int64)
                self._add(places)
                found += places.unbind(1)
        return found

    def _add(self, *tensors: Tensor) -> None:
        """Count the storages of tensors that are not counted yet."""
        for tensor in tensors:
            storage = tensor.untyped_storage()
            if storage not in self.known:
                size = -(-storage.nbytes() // BLOCK) * BLOCK
                self.known.add(storage)
                self.now += size
                weakref.finalize(storage, self._free, size)
        if self.now > self.peak:
            self.peak = self.now
            self.gradients = sum(
                each.grad.nbytes for each in self.parameters
                if each.grad is not None)

    def _free(self, size: int) -> None:
        self.now -= size


@contextmanager
def faked(model: nn.Module) -> Iterator[tuple[Any, LiveMemory]]:
    """Yield a fake copy of a model, and what counts all memory meanwhile."""
    fake = FakeTensorMode()
    with FakeCopyMode(fake):
        copied = deepcopy(model)
    with fake, LiveMemory(copied) as memory:
        yield copied, memory

# Copyright (c) COMNet contributors. All rights reserved.
"""What is timed of the directions of classes."""

import argparse
from collections.abc import Iterable
from functools import partial

import torch
from measuring import (
    Call,
    Cost,
    machine,
    measure,
    measure_once,
    print_head,
    print_row,
)

from comnet.ops import (
    ClassMoments,
    class_directions,
    matching_vector,
    principal_components,
)


def draw(args: argparse.Namespace, index: int, number: int = 1
         ) -> torch.Tensor:
    """Draw the features of pictures, (number · points, c)."""
    generator = torch.Generator().manual_seed(index)
    return torch.rand(
        number * args.points, args.channels, generator=generator)


def pass_case(args: argparse.Namespace, pictures: int) -> Call:
    """Return a call that finds the directions of all classes."""
    sample = ClassMoments.empty(1, args.channels)
    sample.add(draw(args, 0), [0])
    projection = principal_components(sample.second[0], args.components)

    def run() -> object:
        moments = ClassMoments.empty(args.classes, projection.shape[1])
        for index in range(pictures):
            labels = [index % args.classes, index * 7 % args.classes]
            moments.add(draw(args, index), labels, projection)
        return class_directions(moments)

    return run


def group_case(args: argparse.Namespace, size: int) -> Call:
    """Return a call that finds M* of a group."""
    return partial(matching_vector, draw(args, 0, size)[None])


def print_table(title: str, costs: Iterable[tuple[str, int, Cost]]) -> None:
    """Print a table of names, numbers of pictures and costs."""
    print_head(title, 'pictures', 'time', 'a picture', 'memory')
    for name, pictures, cost in costs:
        print_row(name, f'{cost.seconds:.2f} s',
                  f'{cost.seconds / pictures * 1e3:.1f} ms',
                  f'{cost.memory / 2**20:.0f} MiB')


def run(args: argparse.Namespace) -> None:
    """Print the tables."""
    print(machine('cpu'))
    what = f'{args.points} points each, c = {args.channels}'
    print_table(f'Directions of {args.classes} classes, {what}', (
        (str(number), number, measure_once(partial(pass_case, args, number)))
        for number in (args.pictures // 4, args.pictures // 2,
                       args.pictures)))
    print_table(f'M* of a group, {what}', (
        (f'group of {size}', size, measure(
            partial(group_case, args, size), 'cpu', 3))
        for size in args.group_sizes))

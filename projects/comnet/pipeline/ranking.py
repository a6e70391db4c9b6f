# Copyright (c) COMNet contributors. All rights reserved.
"""Which pictures tell most: the best, the median and the worst."""

from collections.abc import Mapping, Sequence


def spread(ids: Sequence[str], number: int) -> list[str]:
    """Return some ids, evenly spread."""
    if number <= 0:
        return []
    step = max(1.0, len(ids) / number)
    return [ids[int(index * step)] for index in range(min(number, len(ids)))]


def rankings(scores: Mapping[str, Mapping[str, float]]
             ) -> dict[str, list[str]]:
    """Order images by what a report shows of them.

    Args:
        scores: The IoU of each image, by method and id; the same images for
            all methods. The last method is compared with the first one.

    Returns:
        Ids by the title of the order: of the gain of the last method over
        the first, where there are two, and of its IoU.
    """
    first, last = list(scores)[0], list(scores)[-1]
    orders: dict[str, list[str]] = {}
    if first != last:
        gain = {name: value - scores[first][name]
                for name, value in scores[last].items()}
        orders |= _orders(gain, f'gain of {last} over {first}')
    return orders | _orders(scores[last], f'IoU of {last}')


def _orders(values: Mapping[str, float], what: str) -> dict[str, list[str]]:
    rising = sorted(values, key=lambda name: (values[name], name))
    middle = values[rising[len(rising) // 2]]
    return {
        f'Highest {what}': rising[::-1],
        f'Median {what}': sorted(
            rising, key=lambda name: abs(values[name] - middle)),
        f'Lowest {what}': rising}


def choose(orders: Mapping[str, Sequence[str]],
           number: int) -> dict[str, list[str]]:
    """Take images from the top of each order in turn, none twice.

    Args:
        orders: Ids by the title of their order.
        number: Of images.

    Returns:
        Ids by title; titles without any are left out.
    """
    chosen: dict[str, list[str]] = {title: [] for title in orders}
    queues = {title: iter(order) for title, order in orders.items()}
    taken: set[str] = set()
    while len(taken) < number and queues:
        for title, queue in list(queues.items()):
            name = next((name for name in queue if name not in taken), None)
            if name is None:
                del queues[title]
            elif len(taken) < number:
                taken.add(name)
                chosen[title].append(name)
    return {title: names for title, names in chosen.items() if names}

# Copyright (c) COMNet contributors. All rights reserved.
"""Plots that are parts of a page."""

import re
import xml.etree.ElementTree as ET

import pytest

from comnet.visualization import Line, line_plot

SVG = '{http://www.w3.org/2000/svg}'
LINES = (Line('cam', 0, [(0, 1.0), (1, 0.5), (2, 0.25)]),
         Line('<b>', 1, [(0, 2.0), (2, 1.0)], mark=(2, 1.0)))


def plot(name: str = 'first') -> ET.Element:
    return ET.fromstring(str(line_plot(
        name, 'loss of "cam" & <b>', 'iteration', 'loss', LINES)))


def test_plot_says_what_it_shows() -> None:
    svg = plot()
    assert svg.tag == f'{SVG}svg' and svg.get('role') == 'img'
    assert svg.get('aria-label') == 'loss of "cam" & <b>'
    texts = {text.text for text in svg.iter(f'{SVG}text')}
    assert {'cam', '<b>', 'iteration', 'loss'} <= texts


@pytest.mark.parametrize('index, vertices', [(0, 3), (1, 2)])
def test_line_has_its_points_and_its_colour(
        index: int, vertices: int) -> None:
    lines = [path for path in plot().iter(f'{SVG}path')
             if f'stroke: var(--method-{index})' in path.get('style', '')]
    assert len(re.findall('[ML]', lines[0].get('d', ''))) == vertices


def test_lines_are_told_apart_without_colours() -> None:
    dashes = {
        index: [re.search('stroke-dasharray: ([^;]+)', path.get('style', ''))
                for path in plot().iter(f'{SVG}path')
                if f'var(--method-{index})' in path.get('style', '')][0]
        for index in (0, 1)}
    assert dashes[0] is None and dashes[1] is not None


def test_plots_of_a_page_share_no_id() -> None:
    first, second = (
        {element.get('id') for element in plot(name).iter()} - {None}
        for name in ('first', 'second'))
    assert first and not first & second


def test_same_lines_give_the_same_plot() -> None:
    assert ET.tostring(plot()) == ET.tostring(plot())

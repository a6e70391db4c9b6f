# Copyright (c) COMNet contributors. All rights reserved.
"""Reads a page as a browser does, for what must hold of any page."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """The elements and the text of a page.

    Attributes:
        elements: Name and attributes of each, in order.
        text: What stands between them, styles left out.
    """

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.text = ''
        self._in_style = False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_style = tag == 'style'

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.text += data

    def all(self, tag: str) -> list[dict]:
        """Return the attributes of all elements of a kind."""
        return [attrs for name, attrs in self.elements if name == tag]


def check_page(content: str) -> Page:
    """Check that a page needs nothing else and can be heard, and read it."""
    page = Page(content)
    assert not page.all('script') and not page.all('link')
    assert '@import' not in content and '<!DOCTYPE html>' in content
    ids = [attrs['id'] for _, attrs in page.elements if 'id' in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        for key in ('src', 'href', 'xlink:href'):
            target = attrs.get(key, 'data:')
            assert target.startswith('data:') or target[1:] in ids, target
    assert all(image['alt'] for image in page.all('img'))
    assert all(plot['aria-label'] for plot in page.all('svg'))
    assert page.all('html')[0]['lang'] == 'en'
    return page

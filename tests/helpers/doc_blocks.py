# Copyright (c) COMNet contributors. All rights reserved.
"""The blocks of code in README.md and docs/, and what a shell would run."""

import re
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').rglob('*.md'))]
BLOCK = re.compile(r'^```(\w+)\n(.*?)^```$', re.M | re.S)
VARIABLE = re.compile(r'^[A-Z]=.*$', re.M)
# what blocks may call: each notes its arguments and does nothing
COMMANDS = ('bash', 'comnet', 'conda', 'make', 'pip', 'python', 'python3',
            'sudo', 'tensorboard', 'torchrun', '.venv/bin/pip',
            '.venv/bin/python')


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        page: The file it stands in, relative to the clone.
        line: Its first line there.
        language: 'shell', 'python', …
        code: Its text.
        before: The assignments of variables of a shell in earlier blocks of
            the page.
    """
    page: str
    line: int
    language: str
    code: str
    before: str

    def __str__(self) -> str:
        return f'{self.page}:{self.line}'


def read_blocks(language: str) -> Iterator[Block]:
    """Yield the blocks of a language, page by page."""
    for page in PAGES:
        text = page.read_text(encoding='utf-8')
        for match in BLOCK.finditer(text):
            if match.group(1) == language:
                before = text[:match.start()]
                yield Block(page.relative_to(ROOT).as_posix(),
                            before.count('\n') + 2, language, match.group(2),
                            '\n'.join(VARIABLE.findall(before)))


def write_stubs(folder: Path) -> None:
    """Write programs into a folder that do nothing but note their call."""
    for name in COMMANDS:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('#!/bin/sh\n'
                        f"printf '%s\\0' {name} \"$@\" '' >> \"$CALLS\"\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)


def shell_calls(block: Block, folder: Path) -> list[list[str]]:
    """Run a block in a shell whose programs are stubs.

    Args:
        block: The block.
        folder: Current folder of the shell, with those of
            :func:`write_stubs`.

    Returns:
        The commands with their arguments, variables and loops carried out.
    """
    calls = folder / '.calls'
    calls.write_bytes(b'')
    code = f'{block.before}\n{block.code}'
    subprocess.run(['/bin/bash', '-eu', '-c', code], cwd=folder, check=True,
                   env={'PATH': str(folder), 'CALLS': str(calls)})
    commands = calls.read_bytes().decode().split('\0\0')
    return [command.split('\0') for command in commands if command]

# Copyright (c) COMNet contributors. All rights reserved.
"""README.md and docs/ say what is true of the code.

What a CPU does in seconds is run, in a folder whose files have the names that
the pages use. Of all other commands tool, options and settings have to exist.
"""

import ast
import importlib
import re
import shutil
from argparse import ArgumentParser
from functools import cache
from inspect import signature
from pathlib import Path
from unittest import mock

import pytest
from helpers.doc_blocks import (
    PAGES,
    ROOT,
    Block,
    read_blocks,
    shell_calls,
    write_stubs,
)
from helpers.doc_folder import fill
from helpers.tool_runner import run_tool
from mmengine.config import Config
from mmengine.registry import MODELS

from comnet import apis
from comnet.cli import find_tools, parser_of
from comnet.engine.config_file import read_config
from comnet.engine.model import scope_of
from comnet.pipeline import read_methods, read_table
from comnet.steps import WalkedMasks
from comnet.utils.package_files import find_config

# those that take seconds; data/demo is there already
RUN = ('prepare.py', 'check.py', 'export_masks.py', 'import_masks.py',
       'pixel_classifier.py', 'segment.py',
       'explain.py', 'figure.py', 'report.py', 'publish.py',
       'voc_submission.py', 'image_demo.py')
WRAPPED = {  # the tool of a launcher, and where its arguments stand
    'dist_train.sh': ('train.py', slice(0, 1), 2),
    'dist_test.sh': ('test.py', slice(0, 2), 3),
    'slurm_train.sh': ('train.py', slice(2, 3), 4),
    'slurm_test.sh': ('test.py', slice(2, 4), 4)}
KINDS = ('DATASETS', 'HOOKS', 'METRICS', 'MODELS', 'VISUALIZERS')


@pytest.fixture(scope='module')
def folder(whole_way: Path, demo_root: Path,
           tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the pages speak of."""
    root = tmp_path_factory.mktemp('docs')
    write_stubs(root)
    fill(root, whole_way, demo_root)
    return root


@pytest.fixture
def _inside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv('COMNET_FEATURES', 'features')


def is_config(block: Block) -> bool:
    """Tell whether a block sets values and does nothing."""
    return all(isinstance(node, ast.Assign)
               for node in ast.parse(block.code).body)


PYTHON, SHELL = list(read_blocks('python')), list(read_blocks('shell'))
CONFIGS = [block for block in PYTHON if is_config(block)]
SCRIPTS = [block for block in PYTHON if not is_config(block)]


@pytest.mark.usefixtures('_inside')
@pytest.mark.parametrize('block', SCRIPTS, ids=str)
def test_python_runs(block: Block) -> None:
    # a class of the generated data
    code = compile(block.code.replace("'cat'", "'fish'"), str(block), 'exec')
    if 'apis.train(' in block.code:  # minutes: only the calls are checked
        with mock.patch.multiple(apis, **{
                name: mock.create_autospec(getattr(apis, name))
                for name in re.findall(r'apis\.(\w+)\(', block.code)}):
            exec(code, {})
        return
    if 'onnxruntime' in block.code:
        pytest.importorskip('onnxruntime')
        run = run_tool('export_onnx.py', 'configs/deeplabv2_r50_voc.py',
                       'segmentor/iter_20000.pth', 'segmentor.onnx')
        assert run.code == 0, run.err
    exec(code, {'__name__': '__main__'})


@pytest.mark.usefixtures('_inside')
@pytest.mark.parametrize('block', CONFIGS, ids=str)
def test_config_is_valid(block: Block, tmp_path: Path) -> None:
    path = tmp_path / 'example.py'
    path.write_text(block.code)
    cfg = read_config(path)
    if 'methods' in cfg:
        assert read_methods(path)
    elif 'rows' in cfg:
        assert read_table(path)
    elif 'model' in cfg:
        cfg.model.backbone.init_cfg = None
        with scope_of(cfg):
            MODELS.build(cfg.model)


@pytest.mark.usefixtures('_inside')
@pytest.mark.parametrize('block', SHELL, ids=str)
def test_shell_is_right(block: Block, folder: Path) -> None:
    calls = shell_calls(block, folder)
    assert calls or 'export ' in block.code
    for name, *arguments in calls:
        if name == 'make':
            check_make(arguments)
        elif name.endswith('pip'):
            check_pip(arguments)
        elif found := tool_call(name, arguments):
            check_call(*found)
            if found[0].name in RUN:
                run_once(*found)


def tool_call(name: str,
              arguments: list[str]) -> tuple[Path, tuple[str, ...]] | None:
    """Return the tool that a command runs, and its arguments."""
    if name == 'comnet' and arguments != ['--help']:
        return find_tools()[arguments[0]], tuple(arguments[1:])
    if name == 'bash':
        script, *rest = arguments
        assert (ROOT / script).is_file()
        tool, given, options = WRAPPED[Path(script).name]
        return ROOT / 'tools' / tool, (*rest[given], *rest[options:])
    if name == 'torchrun':
        arguments = [*arguments]
        while arguments[0].startswith('-'):
            arguments.pop(0)
    if name in ('torchrun', 'python', '.venv/bin/python'):
        return ROOT / arguments[0], tuple(arguments[1:])
    return None


cached_parser = cache(parser_of)


def check_call(path: Path, arguments: tuple[str, ...]) -> None:
    """Check options, config files and settings of a call of a tool."""
    with mock.patch.object(ArgumentParser, 'error', _fail):
        given = cached_parser(path, path.name).parse_args(arguments)
    if 'table' in given:
        assert read_table(given.table)
    if getattr(given, 'config', None) is None:
        return
    config = find_config(given.config)
    assert config.is_file(), f'{given.config}: no such config'
    options = getattr(given, 'cfg_options', None) or {}
    cfg = read_config(config)
    if 'methods' in cfg:
        methods = read_methods(config, options)
        assert {*(getattr(given, 'methods', None) or ())} <= {*methods}
    else:
        for key in options:
            check_setting(cfg, key)


def _fail(self: ArgumentParser, message: str) -> None:
    raise AssertionError(f'{self.prog}: {message}')


def check_setting(cfg: Config, key: str) -> None:
    """Check that a config has a place, or its class such an argument."""
    if key.startswith('pseudo.'):  # of a step, in an IRNet's config
        assert key.removeprefix('pseudo.') in WalkedMasks.setting_names()
        return
    node = cfg._cfg_dict
    for part in key.split('.'):
        if isinstance(node, list | tuple):
            node = node[int(part)]
        elif part in node:
            node = node[part]
        else:
            scope = importlib.import_module(f'{cfg.default_scope}.registry')
            found = [getattr(scope, kind).get(node['type']) for kind in KINDS]
            assert part in signature(next(filter(None, found))).parameters
            return


@cache
def run_once(path: Path, arguments: tuple[str, ...]) -> None:
    """Run a tool in the current folder."""
    if path.name == 'prepare.py':  # other pages make it of other pictures
        shutil.rmtree('data/mine', ignore_errors=True)
    run = run_tool(Path('..') / path.relative_to(ROOT), *arguments)
    assert run.code == 0, run.err


def check_make(arguments: list[str]) -> None:
    text = (ROOT / 'Makefile').read_text()
    for argument in arguments:
        name, _, value = argument.partition('=')
        pattern = rf'^{name} \?=' if '=' in argument else rf'^{name}:'
        assert re.search(pattern, text, re.M), argument


def check_pip(arguments: list[str]) -> None:
    for argument in arguments:
        if argument.startswith('requirements/'):
            assert (ROOT / argument).is_file()
        for extra in re.findall(r'^\.\[(\w+)\]$', argument):
            assert f"'{extra}': " in (ROOT / 'setup.py').read_text()


def test_every_command_is_on_the_page_of_commands() -> None:
    text = (ROOT / 'docs/commands.md').read_text()
    assert sorted(re.findall(r'^```\{tool-help\} (\S+)$', text, re.M)) == (
        sorted(find_tools()))


@pytest.mark.parametrize('name', sorted(find_tools()))
def test_a_command_stands_with_an_example_and_its_file(name: str) -> None:
    text = (ROOT / 'docs/commands.md').read_text()
    section = text.partition(f'\n### {name}\n')[2].partition('\n### ')[0]
    assert re.search(rf'```shell\n(\w+=\w+ )?comnet {name}\b', section)
    assert f'](../{find_tools()[name].relative_to(ROOT)})' in section


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r'```.*?```', '', page.read_text(), flags=re.S)
    for target in re.findall(r'\]\(([^)\s]+)\)', text):
        if '://' in target:
            continue
        path, _, anchor = target.partition('#')
        file = page.parent / path if path else page
        assert file.is_file(), target
        assert not anchor or anchor in anchors(file), target


@cache
def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings as GitHub makes them."""
    text = re.sub(r'```.*?```', '', page.read_text(), flags=re.S)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-')
            for heading in re.findall(r'^#+ (.+)$', text, re.M)}

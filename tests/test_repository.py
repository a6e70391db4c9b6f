# Copyright (c) COMNet contributors. All rights reserved.
"""What stands beside the code agrees with it."""

import ast
import importlib
import pkgutil
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

import comnet
from comnet.datasets.label_readers import find

ROOT = Path(__file__).parents[1]
PACKAGES = [module.name for module in pkgutil.walk_packages(
    comnet.__path__, 'comnet.') if module.ispkg]
GUIDE = (ROOT / 'CONTRIBUTING.md').read_text('utf-8')


def test_the_version_to_cite_is_that_of_the_package() -> None:
    citation = yaml.safe_load((ROOT / 'CITATION.cff').read_text('utf-8'))
    assert citation['version'] == comnet.__version__
    assert citation['license'] == 'Apache-2.0'


@pytest.mark.parametrize('path', sorted(
    {*re.findall(r'`([\w./]+/[\w.]+)`', GUIDE),
     *re.findall(r'\]\(([\w./]+)\)', GUIDE)}))
def test_the_guide_names_files_that_are_there(path: str) -> None:
    if re.search(r'\bNAME\b', path.replace('_', ' ')):
        path = str(Path(path).parent)  # of a file to be written
    assert any((root / path).exists() for root in (
        ROOT, ROOT / 'projects', ROOT / 'projects/comnet'))


def test_the_guide_names_what_is_in_this_file() -> None:
    assert '`FORMATS`' in GUIDE
    assert hasattr(find, 'FORMATS')


def own_names(tree: ast.Module) -> set[str]:
    """Return the public names of a package: its modules' and its own."""
    names = {node.name for node in tree.body
             if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    later = [node for block in tree.body if isinstance(block, ast.If)
             for node in block.body]  # imported with the first use
    names.update(alias.name for node in (*tree.body, *later)
                 if isinstance(node, ast.ImportFrom) and node.level == 1
                 and node.module for alias in node.names)
    return {name for name in names if not name.startswith('_')}


@pytest.mark.parametrize('name', PACKAGES)
def test_a_package_lists_what_it_offers(name: str) -> None:
    package = importlib.import_module(name)
    offered = getattr(package, '__all__', [])
    assert offered == sorted(set(offered))
    assert all(hasattr(package, each) for each in offered)
    source = Path(package.__file__ or '').read_text('utf-8')
    passed_on = {
        'RunFile', 'StepEntry', 'check_data', 'evaluate_cams',
        'evaluate_masks'} & {*offered}
    assert {*offered} == own_names(ast.parse(source)) | passed_on


def test_what_is_used_of_a_package_is_what_it_lists() -> None:
    """A name that is not listed is imported from its own module."""
    files = [path for folder in ('projects', 'tools', 'demo', 'tests')
             for path in (ROOT / folder).rglob('*.py')]
    assert len(files) > 200
    for path in files:
        module = path.relative_to(ROOT).with_suffix('').parts
        for node in ast.walk(ast.parse(path.read_text('utf-8'))):
            if not isinstance(node, ast.ImportFrom):
                continue
            outer = '.'.join(module[1:-node.level]) if node.level else ''
            name = '.'.join(filter(None, (outer, node.module)))
            if name not in PACKAGES or outer == name:  # its own modules
                continue
            package = importlib.import_module(name)
            for alias in node.names:
                assert alias.name in getattr(package, '__all__', ()) or (
                    find_spec(f'{name}.{alias.name}')), (
                        f'{path}: {name}.{alias.name}')


def test_github_checks_what_ci_checks() -> None:
    flow = yaml.safe_load(
        (ROOT / '.github/workflows/ci.yml').read_text('utf-8'))
    job = flow['jobs']['ci']
    assert job['steps'][-1]['run'] == 'bash .ci/run'


def test_the_pythons_that_are_checked_are_those_that_are_named() -> None:
    flow = yaml.safe_load(
        (ROOT / '.github/workflows/ci.yml').read_text('utf-8'))
    checked = flow['jobs']['ci']['strategy']['matrix']['python']
    text = (ROOT / 'setup.py').read_text('utf-8')
    assert re.findall(r'Python :: (3\.\d+)', text) == checked
    assert f"python_requires='>={checked[0]}'" in text
    for page in ('README.md', 'docs/installation.md'):
        assert f'Python {checked[0]} to {checked[-1]}' in (
            ROOT / page).read_text('utf-8')


@pytest.mark.parametrize('name', ['Dockerfile', 'demo/service.Dockerfile'])
def test_an_image_is_given_what_it_reads(name: str) -> None:
    lines = (ROOT / '.dockerignore').read_text('utf-8').splitlines()
    given = [Path(line[1:]) for line in lines if line.startswith('!')]
    read = {Path(path) for path in re.findall(
        r'/src/([\w./]+)', (ROOT / name).read_text('utf-8'))}
    assert read
    for path in read:
        assert (ROOT / path).exists()
        assert any(path == each or path in each.parents
                   or each in path.parents for each in given), path

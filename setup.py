# Copyright (c) COMNet contributors. All rights reserved.
"""Installs ``projects/comnet`` as the package ``comnet``."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent


def read_version() -> str:
    """Return the version without importing the package and its needs."""
    text = (ROOT / 'projects/comnet/version.py').read_text(encoding='utf-8')
    return re.search(r"^__version__ = '([^']+)'$", text, re.M).group(1)


def read_requirements(name: str) -> list[str]:
    """Return the requirements of ``requirements/<name>.txt``."""
    text = (ROOT / 'requirements' / f'{name}.txt').read_text(encoding='utf-8')
    lines = (line.split('#')[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


setup(
    name='comnet',
    version=read_version(),
    description='Co-occurrent matching (COMNet) for weakly supervised '
    'semantic segmentation, as an OpenMMLab plugin',
    author='COMNet contributors',
    license='Apache-2.0',
    packages=find_packages('projects', include=['comnet', 'comnet.*']),
    package_dir={'comnet': 'projects/comnet'},
    python_requires='>=3.10',
    install_requires=read_requirements('runtime'),
    extras_require={
        'tests': read_requirements('tests'),
        'optional': read_requirements('optional'),
    },
    classifiers=[
        'Operating System :: POSIX :: Linux',
        'Programming Language :: Python :: 3',
        'Topic :: Scientific/Engineering :: Image Recognition',
    ],
    zip_safe=False,
)

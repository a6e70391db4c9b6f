# Copyright (c) COMNet contributors. All rights reserved.
"""Installs ``projects/comnet`` as the package ``comnet``."""

import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


class BuildWithTools(build_py):
    """Adds configs, tools and the model index, as OpenMMLab's packages do.

    An editable install finds them in the clone.
    """

    def run(self) -> None:
        """Build the package, then copy what lies outside of it."""
        super().run()
        if not self.editable_mode:
            folder = Path(self.build_lib) / 'comnet/.mim'
            for name in ('configs', 'tools'):
                shutil.copytree(
                    ROOT / name,
                    folder / name,
                    ignore=shutil.ignore_patterns('__pycache__'))
            shutil.copy(ROOT / 'model-index.yml', folder)


def read_version() -> str:
    """Return the version without importing the package and its needs."""
    text = (ROOT / 'projects/comnet/version.py').read_text(encoding='utf-8')
    return re.search(r"^__version__ = '([^']+)'$", text, re.M).group(1)


def read_requirements(name: str) -> list[str]:
    """Return the requirements of ``requirements/<name>.txt``."""
    text = (ROOT / 'requirements' / f'{name}.txt').read_text(encoding='utf-8')
    lines = (line.split('#')[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


# A build folder that stayed would put deleted modules into the next wheel.
with TemporaryDirectory() as build_base:
    setup(
        name='comnet',
        version=read_version(),
        description='Pixel masks from image tags: co-occurrent matching '
        '(COMNet) for weakly supervised segmentation, an OpenMMLab plugin',
        long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
        long_description_content_type='text/markdown',
        author='COMNet contributors',
        license='Apache-2.0',
        packages=find_packages('projects', include=['comnet', 'comnet.*']),
        package_dir={'comnet': 'projects/comnet'},
        package_data={
            'comnet': ['py.typed', 'models_index/*/*'],
            'comnet.results': ['*.html'],
            'comnet.visualization': ['templates/*'],
        },
        entry_points={'console_scripts': ['comnet = comnet.cli:main']},
        python_requires='>=3.10',
        install_requires=read_requirements('runtime'),
        extras_require={
            'tests': read_requirements('tests'),
            'optional': read_requirements('optional'),
        },
        classifiers=[
            'Operating System :: POSIX :: Linux',
            'Programming Language :: Python :: 3',
            'Programming Language :: Python :: 3.10',
            'Programming Language :: Python :: 3.11',
            'Programming Language :: Python :: 3.12',
            'Programming Language :: Python :: 3.13',
            'Topic :: Scientific/Engineering :: Image Recognition',
            'Typing :: Typed',
        ],
        cmdclass={'build_py': BuildWithTools},
        options={'build': {'build_base': build_base}},
        zip_safe=False,
    )

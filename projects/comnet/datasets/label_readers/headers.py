# Copyright (c) COMNet contributors. All rights reserved.
"""What people call the columns of a table, and the keys of a JSON object."""

import re

IMAGE = (
    'image', 'images', 'file_name', 'filename', 'filepath', 'file_path',
    'file', 'img', 'image_name', 'image_path', 'img_path', 'path', 'picture',
    'image_file', 'image_index', 'image_id', 'imageid', 'id', 'name')
LABELS = (
    'classes', 'labels', 'tags', 'class', 'label', 'category', 'categories',
    'tag', 'choice', 'choices', 'labelname', 'classname')
# numbers that stand for a class, beside its name
NUMBERS = frozenset((
    'class_id', 'classid', 'class_index', 'label_id', 'labelid',
    'label_index', 'category_id', 'target'))
NO_CLASS = NUMBERS | frozenset((  # not even where they hold 1 and 0
    'split', 'set', 'subset', 'fold', 'partition', 'phase', 'usage',
    'is_train', 'is_val', 'is_valid', 'is_test', 'age', 'sex', 'gender',
    'view', 'view_position', 'patient_age', 'patient_sex', 'patient_gender',
    'iscrowd', 'difficult', 'truncated', 'occluded', 'confidence', 'score',
    'index', 'idx', 'unnamed_0'))
BESIDE = NO_CLASS | frozenset((  # of no class where they hold text
    'width', 'height', 'depth', 'size', 'xmin', 'ymin', 'xmax', 'ymax', 'x',
    'y', 'w', 'h', 'x1', 'y1', 'x2', 'y2', 'bbox', 'area', 'probability',
    'dataset', 'source', 'url', 'license', 'author', 'date', 'time',
    'timestamp', 'year', 'created_at', 'updated_at', 'annotator',
    'annotation_id', 'lead_time', 'patient', 'patient_id', 'no', 'nr',
    'number', 'md5', 'hash', 'camera', 'site', 'location', 'comment',
    'comments', 'notes', 'description', 'caption', 'text'))
# whether a picture shows the class of the line
PRESENT = ('value', 'present', 'is_present', 'presence', 'exists', 'shown')
SPLITS = frozenset((
    'train', 'training', 'trainval', 'val', 'valid', 'validation', 'test',
    'testing', 'dev', 'eval', 'unassigned'))


def plain(header: str) -> str:
    """Return a header in small letters and ``_``: 'Finding Labels'."""
    return re.sub(r'\W+', '_', header.strip().casefold()).strip('_')


def is_label(header: str) -> bool:
    """Tell whether a plain header says that its column holds classes."""
    return bool({base(header), header.rpartition('_')[2]} & {*LABELS}
                or header in ('class_name', 'label_name', 'category_name'))


def base(header: str) -> str:
    """Return a plain header without a number: ``tag_2`` is ``tag``."""
    return re.sub(r'_?\d+$', '', header)

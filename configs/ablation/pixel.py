# Not of the paper: which part of the way to the pixel classifier brings what.
# All rows have plain CAM's classifier.
_base_ = './cam_time.py'
title = 'Class-wide matching and the pixel classifier'
steps = ['cam', 'pixel_classifier']
teach = dict(type='PixelClassifier')
rows = dict(
    _delete_=True,
    plain=dict(title='plain CAM', method='cam', pixel_classifier=teach),
    group5=dict(
        title='four partners, alpha = 4, mean of 32',
        method='cam',
        classifier={{_base_.rows.group5.classifier}}),
    group8=dict(
        title='seven partners, alpha = 8, mean of 64',
        method='cam',
        classifier={{_base_.rows.group8.classifier}},
        pixel_classifier=teach),
    classwide=dict(
        title='all pictures of a class, alpha = 8, mean of 64',
        method='pixel'))

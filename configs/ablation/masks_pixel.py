# Not of the paper: what class-wide matching and the pixel classifier bring, as
# far as the segmentation. The walk's threshold of plain CAM is the best one
# without CRF (train, seed 0).
title = 'The pixel classifier, its pseudo masks and segmentation'
steps = ['cam', 'pixel_classifier', 'pseudo', 'evaluation']
rows = dict(
    plain=dict(
        title='plain CAM', method='cam', pseudo=dict(bg_threshold=0.32)),
    pixel=dict(title='pixel classifier', method='pixel'))

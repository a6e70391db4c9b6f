# Tables V and VI on a frozen ResNet-50. CAMs from more neighbours are higher:
# foreground and background of the affinity labels begin where they are as
# often right as those of plain CAM at IRN's thresholds (train, seed 0). The
# walk's thresholds are the best ones of each without CRF (train, seed 0).
_base_ = './table2_frozen.py'
title = 'CAMs, pseudo masks and segmentation, frozen ResNet-50'
steps = ['cam', 'pseudo', 'evaluation']
rows = dict(
    _delete_=True,
    cam=dict(
        title='plain CAM',
        method='cam',
        pseudo=dict(bg_threshold=0.32),
        paper=dict(cam=48.3, pseudo=65.9, evaluation=63.5)),
    cam_both=dict(
        title='plain CAM, both matchings at CAM time',
        method='cam',
        affinity=dict(fg_threshold=0.40, bg_threshold=0.16),
        pseudo=dict(bg_threshold=0.44),
        classifier={{_base_.rows.cam_both.classifier}}))

# CAM and CAM + RW of the paper.
title = 'Table V: CAMs and pseudo masks'
stages = ['cam', 'pseudo']
rows = dict(
    cam=dict(
        title='IRN',
        method='cam',
        paper=dict(cam=48.3, pseudo=65.9)),
    comnet=dict(
        title='COMNet',
        paper=dict(cam=50.8, pseudo=67.3)))

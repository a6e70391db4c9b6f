# The paper's matching takes 0.13, 0.56, 1.49 and 2.74 s for N = 2 to 5;
# tools/analysis_tools/benchmark_matching.py times this one.
title = 'Table I: images in a group'
stages = ['cam']
rows = dict(
    baseline=dict(
        title='baseline',
        method='cam',
        paper=dict(cam=48.3)),
    n2=dict(
        title='N = 2',
        necks=dict(InterMatching=dict()),
        group_size=2,
        paper=dict(cam=49.5)),
    n3=dict(
        title='N = 3',
        necks=dict(InterMatching=dict()),
        group_size=3,
        paper=dict(cam=49.0)),
    n4=dict(
        title='N = 4',
        necks=dict(InterMatching=dict()),
        group_size=4,
        paper=dict(cam=48.2)),
    n5=dict(
        title='N = 5',
        necks=dict(InterMatching=dict()),
        group_size=5,
        paper=dict(cam=48.3)))

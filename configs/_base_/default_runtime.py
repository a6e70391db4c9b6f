custom_imports = dict(imports=[
    'comnet.datasets.components', 'comnet.evaluation', 'comnet.hooks',
    'comnet.models',
    'comnet.visualization'
])

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='WholeCheckpointHook', interval=1, max_keep_ckpts=2),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    cudnn=dict(type='CuDNNBenchmarkHook'),
    sample_seed=dict(type='SampleSeedHook'),
    progress=dict(type='ProgressHook'),
    weights=dict(type='CheckWeightsHook'),
    finite=dict(type='FiniteHook'))

env_cfg = dict(
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl', timeout=14400))  # seconds, see docs/gpu.md

log_level = 'INFO'
load_from = None
resume = False
randomness = dict(seed=0)

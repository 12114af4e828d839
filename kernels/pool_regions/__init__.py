"""Region features from the patch grid."""

from egograph.kernels.pool_regions.op import pool_regions

__all__ = ["pool_regions"]

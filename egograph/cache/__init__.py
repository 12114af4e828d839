"""The zarr cache of nodes: write it clip by clip, read it back bit by bit, replay labels from it."""

"""The scene graph of a clip: edges, words, and the way to and from torch_geometric."""

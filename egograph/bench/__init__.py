"""Speed against named peers, measured side by side: every figure is a ratio, and none is told of a wrong result."""

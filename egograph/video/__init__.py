"""Video in and out: sources, their two readers, clips on a fixed clock, and the writer."""

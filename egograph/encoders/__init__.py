"""Frame encoders: from prepared frames to patch tokens."""

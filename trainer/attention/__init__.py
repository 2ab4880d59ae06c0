"""Where a net looks: Grad-CAM on single faces."""

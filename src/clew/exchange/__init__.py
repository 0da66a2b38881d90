"""What leaves a workspace, in formats that others read."""

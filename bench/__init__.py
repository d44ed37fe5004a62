"""One number per file, each a ratio against a peer that is measured in the same run."""

"""When two faces show the same picture: hashes, patches, groups."""

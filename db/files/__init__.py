"""Files that are whole or not there: blobs and what is staged for them."""

"""Jobs: queue, worker, progress."""

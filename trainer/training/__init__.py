"""Training of one net: epochs, schedule, logs, failures, features."""

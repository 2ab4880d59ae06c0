"""Train nets and classifiers on a frozen snapshot and report what they are worth."""

"""What went wrong in the trainer and a person can mend."""


class TrainerError(Exception):
    """Something a person can act on; the message says what to do."""

"""The subjects page: persons told by sources and persons found."""

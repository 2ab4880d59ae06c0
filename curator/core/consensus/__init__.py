"""How votes become a label."""

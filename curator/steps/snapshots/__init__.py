"""Choose, check, freeze and compare snapshots."""

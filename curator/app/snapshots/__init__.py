"""The snapshot page: recipe, preview, frozen snapshots, comparison."""

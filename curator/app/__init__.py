"""The pages, the routes and the labeller."""

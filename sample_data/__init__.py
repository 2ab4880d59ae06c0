"""Draw a set of faces with known truth, free of any person and of any licence.

`python -m sample_data --out DIR` writes portraits, group scenes, copies, pictures
without faces and broken files, with `truth.csv` and the `labels.csv` of three simulated
annotators.
"""

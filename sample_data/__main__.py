"""`python -m sample_data`: make a set of drawn faces with known truth."""

import argparse
import sys
import time
from pathlib import Path

from sample_data.plan import Plan
from sample_data.write import write_set


def _parser() -> argparse.ArgumentParser:
    """Describe the options."""
    parser = argparse.ArgumentParser(prog="python -m sample_data", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--subjects", type=int, default=Plan.subjects, help="invented persons")
    parser.add_argument("--images", type=int, default=Plan.images, help="files to make")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--workers", type=int, default=1, help="processes")
    return parser


def main() -> None:
    """Make the set and say how fast it went."""
    options = _parser().parse_args()
    try:
        plan = Plan(options.images, options.subjects, options.seed)
    except ValueError as error:
        sys.exit(str(error))
    start = time.perf_counter()
    write_set(plan, options.out, options.workers)
    seconds = time.perf_counter() - start
    rate = plan.images / seconds
    sys.stdout.write(f"{plan.images} images in {seconds:.1f} s: {rate:.1f} images/s\n")


if __name__ == "__main__":
    main()

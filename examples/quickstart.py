"""Is this made data worth adding to this real data? A few lines of Python that end in a verdict and a report."""

import runpy
from pathlib import Path

import shisaku

if __name__ == "__main__":  # the study works in processes of its own, which read this file again
    data = Path("digits-data")
    runpy.run_path(str(Path(__file__).parent / "digits" / "make_data.py"))["make"](data)

    result = shisaku.prove(real=data / "real", synthetic=data / "synthetic", label="class")

    print(result.overall, "-", result.headline)
    for verdict in result.verdicts:
        low, high = verdict["interval"]
        print(f"{verdict['domain']}: {verdict['decision']} {verdict['effect']:+.3f} [{low:+.3f}, {high:+.3f}]")
        print(f"  {verdict['reason']}")
    print(f"The whole report: {result.report}")

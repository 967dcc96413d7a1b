"""``make chaos``: trials by hand, one for each seed and database.

python -m chaos --seeds 10 --database both --strikes 8
"""

import argparse
import sys

import click

from chaos.trial import Report, plan_of, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=10, help="how many seeds")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--strikes", type=int, default=9, help="how many blows in each trial")
    given = parser.parse_args()
    databases = ["sqlite", "postgresql"] if given.database == "both" else [given.database]
    trials = [(seed, d) for seed in range(given.first, given.first + given.seeds) for d in databases]
    reports = []
    with click.progressbar(length=len(trials) * (given.strikes + 2), file=sys.stderr, show_eta=True) as bar:
        for seed, database in trials:
            report = run(plan_of(seed, database == "sqlite", given.strikes), database, _teller(bar))
            reports.append(report)
            print(f"\nseed {seed} on {database}: {sentence(report)}", flush=True)
    return conclusion(reports)


def _teller(bar: "click.progressbar"):  # type: ignore[name-defined,no-untyped-def]  # click's own type is private
    def tell(_words: str) -> None:
        bar.update(1)

    return tell


def sentence(report: Report) -> str:
    """What one trial came to: in a line, and what was wrong below it."""
    blows = ", ".join(f"{name.replace('_', ' ')} ×{n}" for name, n in report.strikes.items())
    head = (
        f"{len(report.faults)} faults in {report.seconds:.0f} s; "
        f"all equal {report.healed_seconds:.1f} s after healing. Blows: {blows}."
    )
    left_out = [f"Left out: {name.replace('_', ' ')} ({why})" for name, why in report.left_out.items()]
    return "\n  ".join([head, *left_out, *map(str, report.findings)])


def conclusion(reports: list[Report]) -> int:
    faulty = [report for report in reports if report.faults]
    unexamined = sorted({claim for report in reports for claim in report.unexamined})
    for claim in unexamined:
        print(f"Nothing to examine in some trial: {claim}")
    print(f"{len(reports) - len(faulty)} of {len(reports)} trials were clean.")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())

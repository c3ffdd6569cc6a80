#!/bin/sh
# A plan over a weekend: checked on Friday, begun on Saturday, finished on Sunday, reported on Monday.
set -eu
cd "$(dirname "$0")"

# Friday: everything that would stop the plan, in one table. Nothing is changed.
migrator wave check plan.yaml

# Saturday: the first wave. Nothing starts after four in the morning. Exit code 9 means that something is left.
migrator wave run plan.yaml --wave saturday --until 04:00 || [ $? -eq 9 ]

# Sunday: the same plan goes on with what is left.
migrator wave run plan.yaml

# Monday: what became of each project.
migrator wave status plan.yaml
migrator wave report plan.yaml -o data/monday.html

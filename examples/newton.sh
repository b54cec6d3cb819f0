#!/bin/sh
# Newton's method: a root of a formula in x, from a first guess. Prints each step. (`adcli solve` does all of it.)
#   examples/newton.sh "x - 0.3*sin(x) - 1" 1      # Kepler's equation: eccentricity 0.3, mean anomaly 1
f=${1:-x - 0.3*sin(x) - 1} x=${2:-1}
for step in 1 2 3 4 5 6 7 8 9; do
    value=$(adcli eval "$f" --at x="$x" --format value) || exit
    slope=$(adcli grad "$f" --at x="$x" --format value) || exit
    next=$(adcli eval "x - v/s" --at x="$x",v="$value",s="$slope" --format value) || exit
    echo "$next"
    [ "$next" = "$x" ] && break
    x=$next
done

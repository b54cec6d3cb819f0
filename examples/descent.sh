#!/bin/sh
# Gradient descent: the line that fits the points of fit.json best. Prints a and b after each step of length 1/3.
#   examples/descent.sh
cd "$(dirname "$0")" || exit
a=0 b=0
for step in 1 2 3 4 5 6 7 8 9 10; do
    set -- $(adcli grad -f fit.ad --let n=5 --at @fit.json --at a=$a,b=$b --wrt a,b --format value) || exit
    set -- $(adcli eval "a - da/3" "b - db/3" --at a=$a,b=$b,da=$1,db=$2 --format value) || exit
    a=$1 b=$2
    echo "$a $b"
done

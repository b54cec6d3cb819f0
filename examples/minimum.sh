#!/bin/sh
# Newton's method for a minimum: the step solves H·(s, t) = -∇f with the exact Hessian. Prints x, y and f(x, y).
#   examples/minimum.sh "(1-x)^2 + 100*(y-x^2)^2" -1.2 1      # Rosenbrock's valley, from where he began
f=${1:-(1-x)^2 + 100*(y-x^2)^2} x=${2:--1.2} y=${3:-1}
for step in 1 2 3 4 5 6 7 8 9; do
    set -- $(adcli grad "$f" --at "x=$x,y=$y" --format value) $(adcli hessian "$f" --at "x=$x,y=$y" --format value)
    [ $# = 6 ] || exit
    next=$(adcli eval "d = a*e - b*c; x + (b*v - e*u)/d, y + (c*u - a*v)/d" --format value \
        --at "x=$x,y=$y,u=$1,v=$2,a=$3,b=$4,c=$5,e=$6") || exit
    set -- $next
    echo "$1 $2 $(adcli eval "$f" --at "x=$1,y=$2" --format value)"
    [ "$1 $2" = "$x $y" ] && break
    x=$1 y=$2
done

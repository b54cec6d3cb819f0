#!/bin/sh
# The Greeks of a call option, for several prices of the share.
#   examples/greeks.sh 90 100 110
cd "$(dirname "$0")" || exit
[ $# -gt 0 ] || set -- 90 100 110
printf '%8s %9s %9s %9s %9s\n' S delta vega theta rho
for S in "$@"; do
    greeks=$(adcli grad -f call.ad --at "S=$S,K=100,r=0.05,s=0.2,T=1" --wrt S,s,T,r --format value) || exit
    # theta is the derivative by the passing of time, so minus the one by the time that is left
    echo $greeks | while read -r delta vega left rho; do
        LC_ALL=C printf '%8g %9.4f %9.4f %9.4f %9.4f\n' "$S" "$delta" "$vega" "-${left}" "$rho"
    done
done

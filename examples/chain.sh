#!/bin/sh
# The chain rule in both orders. Forward mode has dw0/dx … dw3/dx on its way up, reverse mode dy/dw3 … dy/dw0 on
# its way down. Both end with dy/dx.
#   examples/chain.sh 0.5
cd "$(dirname "$0")" || exit
for w in w0 w1 w2 w3; do
    echo "d$w/dx $(adcli grad -f chain.ad --output $w --at x="${1:-0.5}" --mode fwd --format value)"
done
adcli grad -f chain.ad --at x="${1:-0.5}" --wrt w3,w2,w1,w0 --mode rev | while read -r w slope; do
    echo "dy/d$w $slope"
done

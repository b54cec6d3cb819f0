#!/bin/sh
# A boundary value problem by Newton's method: Bratu's u'' + exp(u) = 0, u(0) = u(1) = 0, at n points between.
# Each residual has three unknowns, so the Jacobian takes three sweeps, however large n is.
# Prints the largest residual of each step, then a table of x and u(x).
#   examples/bratu.sh 49
n=${1:-49} program=$(dirname "$0")/bratu.ad
u=$(awk -v n="$n" 'BEGIN { for (i = 1; i <= n; i++) printf "%s0", (i > 1 ? "," : "") }')
echo "largest residual of each step"
for step in 1 2 3 4 5 6 7 8 9; do
    set -- -f "$program" --let n="$n" --output r --at "u=[$u]"
    r=$(adcli eval "$@" --format plain) || exit
    J=$(adcli jacobian "$@" --sparse --format plain) || exit
    # Solve J d = r from top to bottom and back; the first line is the largest residual, the second u - d.
    solved=$(printf '%s\n' "$r" "$J" | awk -v u="$u" '
        NF == 1 { r[++n] = $1; size = $1 < 0 ? -$1 : $1; if (size > most) most = size }
        NF == 3 { J[$1 + 1, $2 + 1] = $3 }
        END {
            split(u, old, ",")
            for (i = 2; i <= n; i++) {
                factor = J[i, i - 1] / J[i - 1, i - 1]
                J[i, i] -= factor * J[i - 1, i]
                r[i] -= factor * r[i - 1]
            }
            for (i = n; i; i--) d[i] = (r[i] - J[i, i + 1] * d[i + 1]) / J[i, i]
            print most
            for (i = 1; i <= n; i++) printf "%s%.15g", (i > 1 ? "," : ""), old[i] - d[i]
        }')
    echo "$solved" | head -1
    u=$(echo "$solved" | tail -1)
    [ "$(echo "$solved" | awk 'NR == 1 { print $1 < 1e-9 }')" = 1 ] && break
done
echo "$u" | awk -v n="$n" -F, '{ print "x u(x)"; for (i = 1; i <= n; i++) print i / (n + 1), $i }'

#!/bin/sh
# The Greeks of a book of options, a row for each position, and what the whole book gains if all shares rise by 1.
#   examples/book.sh 100000
cd "$(dirname "$0")" || exit
python3 book.py "${1:-200}" |
    adcli grad -f call.ad --data - --at r=0.03 --column S=spot,K=strike,s=volatility,T=years --wrt S,s,T,r \
        --keep position,quantity --format csv |
    LC_ALL=C awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        NR <= 4 { printf "%s %6d  value %8.4f  delta %7.4f  vega %8.4f\n", $1, $2, $at["value"], $at["d_S"], $at["d_s"] }
        { delta += $2*$at["d_S"]; vega += $2*$at["d_s"] }
        END { printf "%d positions: delta %.2f, vega %.2f\n", NR - 1, delta, vega }'

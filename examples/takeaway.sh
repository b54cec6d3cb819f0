#!/bin/sh
# The Greeks of a call option as code: a C program and a database's query, over the same book, side by side.
#   examples/takeaway.sh
# It takes a C compiler, and DuckDB's or else SQLite's command line.
cd "$(dirname "$0")" || exit
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
what='--what value,gradient --wrt S,s,T,r'
cat > "$work/book.csv" <<'BOOK'
S,K,r,s_,T
90,100,0.05,0.2,1
100,100,0.05,0.2,1
110,100,0.03,0.35,0.5
BOOK

# In C: the function as adcli writes it, and five lines that call it.
adcli export -f call.ad $what --to c --name call > "$work/call.c" || exit
cat >> "$work/call.c" <<'MAIN'
#include <stdio.h>
int main(void)
{
    double S, K, r, s, T, price, g[4];
    while (scanf("%lf,%lf,%lf,%lf,%lf", &S, &K, &r, &s, &T) == 5) {
        call(S, s, T, r, K, &price, g);
        printf("%.6f %.6f %.6f %.6f %.6f\n", price, g[0], g[1], g[2], g[3]);
    }
}
MAIN
cc -O2 "$work/call.c" -o "$work/call" -lm && tail -n +2 "$work/book.csv" | "$work/call" > "$work/c.txt" || exit

# In SQL: the query as adcli writes it, over a table of the book.
# Columns do not tell S and s apart, so the volatility is s_ there.
if command -v duckdb > /dev/null; then
    adcli export -f call.ad $what --to sql --dialect duckdb --name book > "$work/call.sql" || exit
    { echo "CREATE TABLE book AS SELECT * FROM '$work/book.csv';"; cat "$work/call.sql"; } > "$work/run.sql"
    duckdb -csv -noheader < "$work/run.sql" > "$work/rows.csv" || exit
else
    adcli export -f call.ad $what --to sql --dialect sqlite --name book > "$work/call.sql" || exit
    { printf '.mode csv\n.import %s book\n' "$work/book.csv"; cat "$work/call.sql"; } > "$work/run.sql"
    sqlite3 :memory: < "$work/run.sql" > "$work/rows.csv" || exit
fi
awk -F, '{ printf "%.6f %.6f %.6f %.6f %.6f\n", $6, $7, $8, $9, $10 }' "$work/rows.csv" > "$work/sql.txt"

echo 'price delta vega left rho'
cat "$work/c.txt"
if cmp -s "$work/c.txt" "$work/sql.txt"; then
    echo 'C and SQL agree'
else
    echo 'C and SQL differ'; diff "$work/c.txt" "$work/sql.txt"; exit 1
fi

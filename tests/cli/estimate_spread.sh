# mpirun spreads a regression over processes: the bytes are those of one, and only the first writes.
if ! command -v mpirun >/dev/null; then
    echo "needs mpirun (Open MPI)" >&2
    exit 77
fi
spread=$HERE/../support/spread
if ! "$spread" 2 "$AUTARKY" version >version.out 2>version.err; then
    cat version.err >&2
    grep -q "built without Open MPI" version.err && exit 77
fi

# Rows for several chunks: 34 countries over 20 years, and a ring of regions, whose graph of effects
# is connected weakly, so that its factor is needed.
awk 'function u() { s = (s * 16807) % 2147483647; return s / 2147483647 }
BEGIN {
    s = 11
    print "i,j,t,y,x,border" >"panel.csv"
    for (i = 0; i < 34; i++) for (j = 0; j < 34; j++) for (t = 0; t < 20; t++) {
        x = u() - 0.5; mu = exp(sin(i * t) + cos(j + t) + sin(3 * i + 5 * j) + x)
        printf "%d,%d,%d,%.9g,%.6f,%d\n", i, j, t, u() < 0.3 ? 0 : mu * u(), x, u() < 0.2 >"panel.csv"
    }
    print "i,j,t,y,x,border" >"ring.csv"
    for (i = 0; i < 180; i++) for (d = -3; d <= 3; d++) for (t = 0; t < 20; t++) {
        if (d == 0 || u() < 0.2) continue
        x = u() - 0.5; mu = exp(sin(i * t) + cos((i + d) * t) + x)
        printf "%d,%d,%d,%.9g,%.6f,%d\n", i, (i + d + 180) % 180, t, mu * (0.5 + u()), x, u() < 0.2 >"ring.csv"
    }
}'

# check NAME PROCESSES DATA OPTIONS...
check() {
    name=$1 count=$2 data=$3
    shift 3
    run=("$AUTARKY" estimate 'y ~ x + border | i^t + j^t + i^j' --data "$data" --format json "$@")
    "${run[@]}" --fitted alone.csv | sed 's/"seconds": .*//' >alone.json
    rm -f spread.csv
    "$spread" "$count" "${run[@]}" --fitted spread.csv | sed 's/"seconds": .*//' >spread.json
    cmp alone.json spread.json && cmp alone.csv spread.csv && echo "$name: the same on 1 and $count processes"
}
check "clusters, threads" 3 panel.csv --vcov twoway:i,j --threads 2
check "least squares, weights" 2 panel.csv --family ols --weights 1+border
check "a ring" 2 ring.csv --vcov cluster:i^j
check "draws of a bootstrap" 2 panel.csv --subset 't < 2' --bootstrap 3

"$spread" 2 "$AUTARKY" estimate 'y ~ x | i' --data absent.csv
echo "exit $?"
"$spread" 2 "$AUTARKY" estimate 'y ~ x | i' --data - <panel.csv
echo "exit $?"

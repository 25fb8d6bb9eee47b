# mpirun spreads draws and sweeps over processes: the digits are those of one, and only the first writes.
if ! command -v mpirun >/dev/null; then
    echo "needs mpirun (Open MPI)" >&2
    exit 77
fi
spread=$HERE/../support/spread
if ! "$spread" 2 "$AUTARKY" version 2>version.err; then
    cat version.err >&2
    grep -q "built without Open MPI" version.err && exit 77
fi
cat >draws.yaml <<'END'
name: Belarus loses the EU
economy: world-2021
show: [BLR, RUS, POL]
uncertainty: {draws: 7, seed: 3, theta: 20%}
measures: [{embargo: true, from: BLR, to: EU, both: true}]
END
seconds='s/"seconds": [^,}]*//g'
"$AUTARKY" simulate draws.yaml --format json | sed "$seconds" >alone.json
"$spread" 3 "$AUTARKY" simulate draws.yaml --format json | sed "$seconds" >spread.json
cmp alone.json spread.json && echo "draws: the same on 1 and 3 processes"
sed 's/^measures.*/measures: [{transit_ban: [LTU, POL], from: BLR, both: true}, {tariff: 5%, from: BLR, to: EU}]/' \
    draws.yaml >routes.yaml
"$AUTARKY" simulate routes.yaml --format json | sed "$seconds" >alone.json
"$spread" 3 "$AUTARKY" simulate routes.yaml --format json | sed "$seconds" >spread.json
cmp alone.json spread.json && echo "draws of the costs of transport: the same on 1 and 3 processes"
"$AUTARKY" sweep EU BLR --by senders --format csv >alone.csv
"$spread" 2 "$AUTARKY" sweep EU BLR --by senders --format csv --threads 2 >spread.csv
cmp alone.csv spread.csv && echo "sweep: the same on 1 and 2 processes"
# A failure of all is told once; that of one process ends the others, who wait for it.
"$spread" 2 "$AUTARKY" simulate absent.yaml
echo "exit $?"
"$spread" 1 "$AUTARKY" simulate draws.yaml : -n 1 "$AUTARKY" simulate absent.yaml
echo "exit $?"

# From estimate to welfare in one run: tables, intervals by source, explanations, faults with their place.
cp "$HERE/data/panel.csv" panel.csv
printf 'A,B,C\n100,14,19\n9,80,3\n12,4,60\n' >world.csv
cat >peace.yaml <<'END'
name: Peace and trade
deficits: zero
uncertainty: {theta: 20%}
measures:
  - {sanction: {estimate: rta}, from: A, to: B, both: true}
  - {sanction: {estimate: war, times: -1}, from: A, to: C, both: true}
END
cat >chain.yaml <<'END'
name: What an agreement and peace bring
estimate:
  formula: trade ~ rta + war | exporter^importer
  data: panel.csv
  vcov: cluster:exporter^importer
draws: 100
seed: 3
scenario: peace.yaml
END
short() { sed -E 's/(\.[0-9]{3})[0-9]+/\1/g'; }
hide() { sed -E 's/, [0-9.]+ s$/, TIME s/; s/gradient [0-9.e+-]+/gradient SMALL/; s/\(residual.*\)/(...)/'; }
"$AUTARKY" chain chain.yaml --explain
"$AUTARKY" chain chain.yaml --economy world.csv | hide
"$AUTARKY" chain chain.yaml --economy world.csv --method bootstrap --format csv --threads 2 | short
"$AUTARKY" chain chain.yaml --economy world.csv --method bootstrap --explain | sed -n 5p
"$AUTARKY" chain chain.yaml --economy world.csv --format json | python3 -c '
import json, sys
r = json.load(sys.stdin)
print(r["method"], r["estimate"]["converged"], r["simulation"]["draws"], len(r["intervals"]))'
# The parts one by one give the same.
"$AUTARKY" estimate 'trade ~ rta + war | exporter^importer' --data panel.csv --vcov cluster:exporter^importer --bootstrap 100 --seed 3 --to-scenario effects.json | sed -n 5p
"$AUTARKY" simulate peace.yaml --economy world.csv --coefficients effects.json --draws 100 --seed 3 --format csv | cut -d, -f2-5 | short
# A scenario inside, of which nothing but the estimates is uncertain.
sed '/^scenario/,$d' chain.yaml >inside.yaml
sed 's/^/  /; /uncertainty/d; 1i scenario:' peace.yaml >>inside.yaml
"$AUTARKY" chain inside.yaml --economy world.csv --format csv | short
try() {
    "$AUTARKY" chain "$1" --economy world.csv "${@:2}"
    echo "exit $?"
}
sed 's/rta + war/rta + log(war/' chain.yaml >open.yaml && try open.yaml
sed "s/formula: .*/formula: 'trade ~ rta + wor | exporter'/" chain.yaml >typo.yaml && try typo.yaml
sed 's/  vcov/  vcv/' chain.yaml >key.yaml && try key.yaml
sed 's/draws: 100/draws: many/' chain.yaml >draws.yaml && try draws.yaml
sed '/vcov/d' chain.yaml >rows.yaml && try rows.yaml --method bootstrap
sed 's/peace.yaml/peas.yaml/' chain.yaml >lost.yaml && try lost.yaml
sed '/scenario/d' chain.yaml >half.yaml && try half.yaml
sed 's/estimate: war/estimate: ware/' inside.yaml >name.yaml && try name.yaml
sed '/data:/d' chain.yaml >data.yaml && try data.yaml
try chain.yaml --method jackknife
printf 'name: [\n' >broken.yaml && try broken.yaml

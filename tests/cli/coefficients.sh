# From an estimation to its consequences: coefficients and covariance go from one command to the other.
cp "$HERE/data/panel.csv" panel.csv
"$AUTARKY" estimate 'trade ~ rta + war | exporter^importer' --data panel.csv --to-scenario effects.json >/dev/null
printf 'A,B,C\n100,14,19\n9,80,3\n12,4,60\n' >world.csv
cat >peace.yaml <<'END'
name: Peace and trade
deficits: zero
steps:
  - name: an agreement
    measures: [{sanction: {estimate: rta}, from: A, to: B, both: true}]
  - name: and peace
    measures: [{sanction: {estimate: war, times: -1}, from: A, to: C, both: true}]
uncertainty: {draws: 200, seed: 3}
END
"$AUTARKY" simulate peace.yaml --explain
"$AUTARKY" simulate peace.yaml --explain --coefficients effects.json
"$AUTARKY" simulate peace.yaml --economy world.csv --coefficients effects.json --threads 2 --format csv |
    cut -d, -f1-5 | sed -E 's/(\.[0-9]{4})[0-9]*/\1/g'
"$AUTARKY" simulate peace.yaml --economy world.csv
echo "exit $?"
sed 's/estimate: war/estimate: wra/' peace.yaml >typo.yaml
"$AUTARKY" simulate typo.yaml --economy world.csv --coefficients effects.json
echo "exit $?"
sed 's/"vcov": \[\[/&-/' effects.json >bad.json
"$AUTARKY" simulate peace.yaml --economy world.csv --coefficients bad.json
echo "exit $?"
# A scenario that names its files, from its own folder.
mkdir moved
cp effects.json moved
printf 'theta\n3\n4\n6\n' >moved/thetas.csv
{
    printf 'coefficients: effects.json\neconomy: ../world.csv\n'
    sed 's/draws: 200, seed: 3/seed: 3, theta: thetas.csv/' peace.yaml
} >moved/peace.yaml
"$AUTARKY" simulate moved/peace.yaml --explain | grep -e Economy -e draws
"$AUTARKY" simulate moved/peace.yaml | sed "s/(residual.*)/(...)/"
rm moved/effects.json
"$AUTARKY" simulate moved/peace.yaml
echo "exit $?"
"$AUTARKY" simulate moved/peace.yaml --coefficients effects.json --flows --format csv | sed 's/\(\.....\)[0-9]*/\1/g'
"$AUTARKY" simulate moved/peace.yaml --coefficients effects.json --flows
echo "exit $?"
printf 'theta\n3\n-4\n' >moved/thetas.csv
"$AUTARKY" simulate peace.yaml --economy world.csv --coefficients effects.json --theta-draws moved/thetas.csv
echo "exit $?"

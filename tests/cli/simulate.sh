# Simulations on files: the published NAFTA, explanations, refusals with a place and an exit code.
# How many iterations and how small a residual is left is the machine's, not the test's.
data=${AUTARKY_SHARED:-}/data/models/cp2015
if [ ! -r "$data/trade.csv" ]; then
    echo "needs models/cp2015 of the third-party data (AUTARKY_SHARED)" >&2
    exit 77
fi
scenarios=$HERE/../../scenarios
"$AUTARKY" simulate "$scenarios/nafta.yaml" --explain
"$AUTARKY" simulate "$scenarios/nafta.yaml" --economy "$data" | sed 's/(residual.*)/(...)/'
cat >cut.yaml <<'END'
name: Cut
deficits: zero
show: [Mexico, USA]
steps:
  - name: one way
    measures: [{export_ban: true, from: USA, to: Mexico, sectors: [Auto, Textile]}]
  - name: both ways
    measures: [{embargo: true, from: USA, to: Mexico, both: true}]
END
"$AUTARKY" simulate cut.yaml --economy "$data" --format csv | cut -d, -f1-3 | sed 's/\(\.....\)[0-9]*$/\1/'
sed 's/Mexico, both/Mexcio, both/' cut.yaml >typo.yaml
"$AUTARKY" simulate typo.yaml --economy "$data"
echo "exit $?"
cat >alone.yaml <<'END'
name: Mexico alone
measures: [{embargo: true, from: Mexico, both: true}]
END
"$AUTARKY" simulate alone.yaml --economy "$data"
echo "exit $?"
"$AUTARKY" simulate alone.yaml
echo "exit $?"
"$AUTARKY" economy "$data"
printf 'A,B\n5,-1\n1,7\n' >bad.csv
"$AUTARKY" economy bad.csv
echo "exit $?"
"$AUTARKY" economy bad.csv --repair negative --format json
"$AUTARKY" economy bad.csv --repair negatve
echo "exit $?"
"$AUTARKY" sweep USA,Canada Mexico --economy "$data" --measure export-ban --by sectors --deficits zero --format csv |
    awk -F, 'NR == 1 {print $1, $2, $3} NR > 1 && NR < 5 {printf "%s %.4f %.4f\n", $1, $2, $3}'
"$AUTARKY" sweep USA Mexico --economy "$data" --measure tarif
echo "exit $?"

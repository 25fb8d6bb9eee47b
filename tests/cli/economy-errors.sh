# Bad input, each with a line where there is a line; exit code 3.
refuse() {
    "$AUTARKY" "$@" >out
    echo "exit $?"
    cat out
}
pairs() { # rows
    printf 'exporter,importer,trade\n'
    printf '%s\n' "$@"
}
pairs A,A,5 A,B,1 B,A,1 B,B,7 >good.csv
"$AUTARKY" economy good.csv | head -3
pairs A,A,5 A,B,-1 B,A,1 B,B,7 >negative.csv
pairs A,A,5 A,B,NaN B,A,1 B,B,7 >nan.csv
pairs A,A,5 A,B,1 B,A,1 B,B,0 >home.csv
pairs A,A,5 A,B,1 A,B,1 B,A,1 B,B,7 >twice.csv
pairs A,A,5 A,B,1 B,B,7 >missing.csv
pairs A,A,5 A,B,1 B,A,1 B,B,7 A,C,0 B,C,0 C,A,0 C,B,0 C,C,4 >apart.csv
printf 'exporter,importer,flow\nA,A,1\n' >column.csv
printf 'A,B\n5,1\n1,7,9\n' >wide.csv
printf 'A,B\n5,1\n' >short.csv
for file in negative nan home twice missing apart column wide short; do
    refuse economy $file.csv
done
printf 'A,B\n,1\n1,\n' >abroad.csv
printf 'economy,gdp\nA,5\nB,7\nA,6\n' >gdp.csv
refuse economy abroad.csv --domestic output --gdp gdp.csv
refuse economy good.csv --value-added 1.2
scenario() { # lines of measures
    printf 'name: s\nmeasures:\n'
    printf '  - %s\n' "$@"
}
scenario '{tariff: 10%, from: C, to: B}' >who.yaml
scenario '{tariff: 10%, sectors: [Autos]}' >what.yaml
scenario '{embargo: true, from: A, to: B}' '{tariff: 10%, from: A}' >on-top.yaml
scenario '{tariff: 10%, from: A}' '{tariff: 20%, to: B}' >two.yaml
scenario '{tariff: 10%, from: A, too: B}' >key.yaml
scenario '{tariff: nan, from: A}' >rate.yaml
for file in who what on-top two key rate; do
    refuse simulate $file.yaml --economy good.csv
done
refuse simulate who.yaml --economy good.csv --explain --format json

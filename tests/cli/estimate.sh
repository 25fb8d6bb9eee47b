# Regress: text, CSV, JSON, errors with a caret, exit codes.
cat >panel.csv <<'CSV'
exporter,importer,year,trade,rta,dist
A,B,2000,10,0,100
A,B,2001,14,1,100
A,B,2002,15,1,100
A,C,2000,20,0,250
A,C,2001,19,0,250
A,C,2002,26,0,250
B,A,2000,5,0,100
B,A,2001,9,1,100
B,A,2002,8,1,100
B,C,2000,7,0,300
B,C,2001,0,0,300
B,C,2002,6,0,300
C,A,2000,11,0,250
C,A,2001,12,0,250
C,A,2002,9,1,250
C,B,2000,3,0,300
C,B,2001,4,0,300
C,B,2002,2,0,300
CSV
hide() { sed -E 's/, [0-9.]+ s$/, TIME s/; s/"seconds": .*/"seconds": …}/; s/gradient [0-9.e+-]+/gradient SMALL/; s/"relative_gradient": [0-9.e+-]+/"relative_gradient": …/'; }
"$AUTARKY" estimate 'trade ~ rta | exporter + importer^year' --data panel.csv --stars | hide
"$AUTARKY" estimate 'trade ~ rta + i(year, rta, ref = 2000) + log(dist) | exporter + importer' --data panel.csv --vcov cluster:exporter^importer --ssc fixest | hide
"$AUTARKY" estimate 'log(trade) ~ log(dist)' --family ols --data panel.csv --subset 'year > 2000' | hide
"$AUTARKY" estimate 'trade ~ rta' 'trade ~ rta + log(dist) | exporter + importer^year' 'trade ~ rta | exporter + importer' --data panel.csv --stars --decimals 3
"$AUTARKY" estimate 'trade ~ rta | exporter + importer^year' --data panel.csv --latex --to-scenario effects.json
python3 -c 'import json; s = json.load(open("effects.json")); print(s["kind"], s["names"], len(s["vcov"]))'
"$AUTARKY" estimate 'trade ~ rta | exporter^year + importer^year + exporter^importer' --data panel.csv --bias-correction --family ols
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta | exporter^year + importer' --data panel.csv --bias-correction
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta | exporter + importer' --data panel.csv --subset 'year > 2000' --fitted fitted.csv | sed -n 2p
head -n 3 fitted.csv | cut -c 1-14
"$AUTARKY" estimate 'trade ~ rta | exporter^year + importer^year' --data panel.csv --fitted fitted.dta --effects effects.csv --resistances resistances.csv --reference C --sigma 5 | sed -n 2p
head -c 28 fitted.dta && echo
cut -d, -f1,2 effects.csv | sed -n '1,4p;$p'
grep ',C,' resistances.csv | cut -d, -f1-3,5,6 | sed -n '4,$p'
"$AUTARKY" estimate 'trade ~ rta' 'trade ~ rta + log(dist)' --data panel.csv --format csv | cut -d, -f1-3,8
"$AUTARKY" estimate 'trade ~ rta' 'trade ~ rta + log(dist)' --data panel.csv --format json | python3 -c '
import json, sys
print([(m["title"], len(m["estimate"]["coefficients"])) for m in json.load(sys.stdin)])'
"$AUTARKY" estimate 'trade ~ rta' 'trade ~ 1' --data panel.csv --effects effects.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta' --data panel.csv --effects effects.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta | exporter + importer + year' --data panel.csv --resistances r.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta | exporter + importer' --data panel.csv --sigma 4
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta' --data panel.csv --latex --format json
echo "exit $?"
"$AUTARKY" estimate 'trade ~ 1 | exporter^importer + year' --data panel.csv --event rta --panel 'exporter^importer,year' --event-before 1 --event-after 1 --chart event.svg | sed -n '/estimate/,/event::1/p'
grep -c '</svg>' event.svg
"$AUTARKY" estimate 'trade ~ 1' --data panel.csv --chart event.svg
echo "exit $?"
gzip -c panel.csv >panel.csv.gz
"$AUTARKY" estimate 'trade ~ log(dist)' --data panel.csv.gz --format json | python3 -c '
import json, sys
e = json.load(sys.stdin)
print(sorted(e), e["converged"], e["n_obs"], [c["name"] for c in e["coefficients"]], sorted(e["dropped"]))'
"$AUTARKY" estimate 'trade ~ rta' --data - --format csv <panel.csv | cut -d, -f1
"$AUTARKY" estimate 'trade ~ lgo(dist)' --data panel.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rat' --data panel.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta' --data panel.csv --subset 'year > > 2000'
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta' --data panel.csv --vcov clustr:exporter
echo "exit $?"
"$AUTARKY" estimate 'trade ~ exporter' --data panel.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta | exporter + importer' --data panel.csv --max-iterations 1
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta' --data nowhere.csv
echo "exit $?"
"$AUTARKY" estimate 'trade ~ rta'
echo "exit $?"
# Flows without a file: the world dataset, and a dataset of our own with a silent reporter.
"$AUTARKY" estimate 'value_usd ~ log(distance_km) + contiguous + both_in_EU | exporter + importer' --data world-2021 | hide | head -n 9
"$AUTARKY" estimate 'value_usd ~ log(distance) | exporter + importer' --data world-2021
echo "exit $?"
"$AUTARKY" estimate 'value_usd ~ 1 | exporter + importer' --data world-21
echo "exit $?"
sed 's/A/BLR/g; s/B,/RUS,/g; s/C,/KAZ,/g; s/BLRUS/BLR/; s/trade/value/' panel.csv | sed '/BLR,.*2002/d' >own.csv
"$AUTARKY" import own.csv --into own.atk --map year=year,exporter=exporter,importer=importer,value=value --reported-by exporter >/dev/null
"$AUTARKY" estimate 'value_usd ~ log(distance_km) | exporter^year' --data own.atk | sed -n 2,4p
"$AUTARKY" estimate 'value_usd ~ log(distance_km) | exporter' --data own.atk --fill | sed -n 2,4p
"$AUTARKY" estimate 'trade ~ rta | exporter + importer' --data panel.csv --vcov cluster:exporter^importer --bootstrap 50 --seed 2 | sed -n '5,8p'
"$AUTARKY" estimate 'trade ~ rta' --data panel.csv --bootstrap 1
echo "exit $?"
# Data that no estimate comes of: where, and what was expected.
bad() {
    printf '%s\n' y,x "$@" >bad.csv
    "$AUTARKY" estimate 'y ~ x' --data bad.csv
    echo "exit $?"
}
bad 1,2 -2,3 4,5 6,7
bad 0,2 0,3 0,5 0,7
bad 1,2 2,3
bad 1,2 2,n/a 3,4 5,6
bad 1,2 2,3,4 3,4 5,6

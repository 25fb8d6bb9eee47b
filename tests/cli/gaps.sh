# What nobody reports: predicted by a model, taken by depend, brief and mirror behind what is better, never a zero.
python3 - <<'END' >panel.csv
import math
print("exporter,importer,year,value,rta")
seed = 7
for t in range(2000, 2005):
    for i in range(12):
        for j in range(12):
            if i == j:
                continue
            seed = (seed * 1103515245 + 12345) % 2**31
            rta = int((i + j + t) % 3 == 0)
            y = "%.4f" % math.exp(0.3 * i - 0.2 * j + 0.4 * rta + seed / 2**31)
            if (i, j, t) in ((0, 1, 2003), (0, 1, 2004), (1, 0, 2003), (1, 0, 2004)):
                y = ""
            print("E%d,I%d,%d,%s,%d" % (i, j, t, y, rta))
        print("E%d,X,%d,,0" % (i, t))
END
short() { sed -E 's/(\.[0-9]{3})[0-9]+/\1/g'; }
"$AUTARKY" estimate 'value ~ rta | exporter^year + importer^year + exporter^importer' --data panel.csv --predict-gaps gaps.csv | sed -n '2,4p;/^gaps/p'
sed -n 1,5p gaps.csv | short
grep -c ',,,$' gaps.csv
awk -F, '$5 == 0' gaps.csv
"$AUTARKY" estimate 'value ~ rta | exporter^year + importer^year' --data panel.csv --predict-gaps gaps.csv --format json | python3 -c '
import json, sys
g = json.load(sys.stdin)["gaps"]
print(g["n"], g["predicted"], g["blanked"], 0.8 < g["coverage"] < 0.98)'
try() {
    "$AUTARKY" estimate "$@" --predict-gaps out.csv
    echo "exit $?"
}
try 'value ~ rta | exporter + importer' --data panel.csv
try 'value ~ rta | exporter^year + importer^year' --data panel.csv --family ols
try 'value ~ rta | exporter^year + importer^year' --data panel.csv --subset 'value > 0'
# A gap that nothing else bounds, one that officials stated, and one that is no gap.
cat >model.csv <<'END'
year,exporter,importer,kind,value_usd,low_usd,high_usd
2022,BLR,VEN,estimated,12000000,4000000,30000000
2022,BLR,RUS,estimated,6500000000,2600000000,11000000000
2022,BLR,DEU,estimated,1,1,1
2022,BLR,IRN,estimated,,,
END
"$AUTARKY" depend BLR --year 2022 --flow export --estimates model.csv --on VEN --explain | grep -A3 '^Venezuela'
"$AUTARKY" depend BLR --year 2022 --flow export --estimates model.csv --on RUS --explain | grep 'model'
"$AUTARKY" depend BLR --year 2022 --flow export --estimates model.csv --on DEU --explain | grep -A1 'Belarus to Germany'
"$AUTARKY" brief BLR --year 2022 --estimates model.csv | sed -n 1p
bad() {
    printf 'year,exporter,importer,value_usd,low_usd,high_usd\n%s\n' "$1" >bad.csv
    "$AUTARKY" depend BLR --year 2022 --estimates bad.csv
    echo "exit $?"
}
bad 2022,BLR,VEN,0,0,5
bad 2022,BLR,VEN,5,6,7
bad 2022,BLR,Venezeula,5,4,7
bad 2022,BLR,VEN,five,4,7
bad 2022,,VEN,5,4,7
# Two reporters that fall silent: the mirror's own figure, and the model's beside it.
python3 - <<'END' >own.csv
print("year,reporter,partner,flow,value")
for t in range(2018, 2023):
    for i, a in enumerate(("BLR", "RUS", "KAZ", "POL", "DEU", "CHN")):
        for j, b in enumerate(("BLR", "RUS", "KAZ", "POL", "DEU", "CHN")):
            if i != j and not (t == 2022 and i < 2):
                v = 1000 * (3 + i) * (2 + j) + 37 * t % 100
                print("%d,%s,%s,X,%d" % (t, a, b, v))
                print("%d,%s,%s,M,%d" % (t, a, b, v + 50 + 7 * i * j))
END
"$AUTARKY" import own.csv --into own.atk >/dev/null
printf 'year,exporter,importer,value_usd,low_usd,high_usd\n2022,BLR,RUS,9000,6000,13000\n' >own-model.csv
"$AUTARKY" mirror own.atk --year 2022 --silent --estimates own-model.csv --format csv | cut -d, -f1,2,8

# The stated rule for each kind of wrong, odd or double row; the first twenty wrong rows are shown.
head="t,i,j,k,v,q"
check() { # title rows [options]
    local title=$1 rows=$2
    shift 2
    echo "== $title"
    printf '%s\n%s' "$head" "$rows" >BACI_HS92_Y2021_V1.csv
    "$AUTARKY" import BACI_HS92_Y2021_V1.csv --check "$@" 2>&1
    echo "exit $?"
}
good=$'2021,112,643,310420,5,1\n'
check "a duplicate" "$good$good"
check "duplicates: sum" "$good$good" --duplicates sum
check "duplicates: first" "$good$good" --duplicates first
check "duplicates: last" "$good$good" --duplicates last
check "a value below zero" "$good"$'2021,643,112,310420,-5,1\n'
check "a quantity below zero" $'2021,643,112,310420,5,-1\n'
check "a value of zero is a report of zero" $'2021,643,112,310420,0,0\n'
check "no value is unknown" $'2021,643,112,310420,NA,1\n'
check "no quantity is unknown" $'2021,643,112,310420,5,NA\n'
check "an unknown code" $'2021,7777,112,310420,5,1\n'
check "an unknown code taken as it is" $'2021,7777,112,310420,5,1\n' --codes as-is
check "years out of range" $'1021,643,112,310420,5,1\n'
check "years out of --years" "$good" --years 1995:2020
check "a quarter" $'2021-Q1,643,112,310420,5,1\n'
check "an economy with itself" $'2021,112,112,310420,5,1\n'
check "an economy with itself, kept" $'2021,112,112,310420,5,1\n' --keep-self
check "a number beyond all numbers" $'2021,643,112,310420,1e999,1\n'
check "no number" $'2021,643,112,310420,0x10,1\n'
check "fields too many" $'2021,643,112,310420,5,1,7,8\n'
check "fields too few" $'2021,643,112\n'
check "an open quote" $'2021,"643,112,310420,5,1\n'
check "a blank line" "$good"$'\n\n'
rows=
for i in $(seq 1 25); do
    rows+="2021,643,112,310420,-$i,1"$'\n'
done
check "25 wrong rows" "$rows$good"
check "25 wrong rows, 24 allowed" "$rows$good" --skip-bad 24
check "25 wrong rows, 25 allowed" "$rows$good" --skip-bad 25
echo "== a NUL byte"
printf '%s\n2021,6\00043,112,310420,5,1\n' "$head" >BACI_HS92_Y2021_V1.csv
"$AUTARKY" import BACI_HS92_Y2021_V1.csv --check 2>&1
echo "exit $?"
echo "== Comtrade: editions of the HS apart"
cat >comtrade.csv <<'END'
classificationCode,period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue
H5,2021,112,X,643,310420,10
H6,2022,112,X,643,310420,11
H6,2022,112,X,643,TOTAL,12
S3,2022,112,X,643,562,13
END
"$AUTARKY" import comtrade.csv --into c.atk
"$AUTARKY" dataset c.atk
"$AUTARKY" dataset verify c.atk --format json | sed 's/"bytes": [0-9]*/"bytes": N/'
echo "== an import that stores nothing leaves no dataset behind; one that stood there stays"
printf 'year,exporter,importer,value\n2021,BLR,RUS,much\n' >much.csv
"$AUTARKY" import much.csv --into new.atk 2>&1
echo "exit $?"
ls new.atk* 2>/dev/null || echo "no new.atk"
cp c.atk kept.atk
"$AUTARKY" import much.csv --into kept.atk >/dev/null 2>&1
"$AUTARKY" dataset export c.atk >before.csv
"$AUTARKY" dataset export kept.atk | cmp before.csv - && echo "kept.atk holds what it held"
mkdir folder
"$AUTARKY" dataset folder 2>&1
echo "exit $?"
"$AUTARKY" products BLR --dataset c.atk --top -1 2>&1
echo "exit $?"

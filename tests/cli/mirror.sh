# Two sides of flows from a small Comtrade file, one economy silent in the last year; the backtest.
{
    echo period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue
    codes=(112 643 276 616 156 398 51 417 860 428 440 804)
    year=0
    for period in 2018 2019 2020 2021; do
        year=$((year + 1))
        for i in "${!codes[@]}"; do
            for j in "${!codes[@]}"; do
                [ "$i" -ne "$j" ] || continue
                value=$((1000000 * (1 + (i * 37 + j * 61) % 97) * (10 + year)))
                gap=$(((i * 13 + j * 7 + year * 5) % 9))
                # Belarus and Russia fall silent in 2021.
                if [ "$period" -lt 2021 ] || [ "$i" -gt 1 ]; then
                    echo "$period,${codes[i]},X,${codes[j]},TOTAL,$value"
                    echo "$period,${codes[i]},X,${codes[j]},310420,$((value / 10 * 6))"
                    echo "$period,${codes[i]},X,${codes[j]},270900,$((value / 10 * 4))"
                fi
                if [ "$period" -lt 2021 ] || [ "$j" -gt 1 ]; then
                    echo "$period,${codes[j]},M,${codes[i]},TOTAL,$((value / 100 * (102 + gap)))"
                    echo "$period,${codes[j]},M,${codes[i]},310420,$((value / 1000 * 6 * (102 + gap)))"
                    echo "$period,${codes[j]},M,${codes[i]},270900,$((value / 1000 * 4 * (102 + gap)))"
                fi
            done
        done
    done
} >comtrade.csv
"$AUTARKY" import comtrade.csv --into trade.atk >/dev/null
"$AUTARKY" mirror trade.atk --year 2020 --economy BLR --top 3
"$AUTARKY" mirror trade.atk --economy BLR --top 3 --format csv | cut -d, -f1,2,3,8
"$AUTARKY" mirror trade.atk --silent
"$AUTARKY" mirror trade.atk --silent --totals BLR:exports=3e9,RUS:imports=9e9 --format csv | cut -d, -f1,2,8
for balance in "" --ras; do
    # shellcheck disable=SC2086 # no option when empty
    "$AUTARKY" mirror trade.atk --by-section --year 2021 --totals BLR:exports=1.2e10 $balance
done
# Product by product: who said what, and what products makes of it.
cat >products.csv <<END
period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue
2020,112,X,276,310420,90000000
2020,276,M,112,310420,99000000
2020,112,X,616,310420,50000000
2020,616,M,112,310420,51000000
2020,276,X,112,870332,7000000
2020,616,X,112,870332,2000000
2020,112,M,616,870332,2500000
2020,112,M,643,270900,800000000
END
"$AUTARKY" import products.csv --into products.atk >/dev/null
"$AUTARKY" mirror products.atk --store --year 2020
"$AUTARKY" mirror products.atk --economy BLR --product all --year 2020
"$AUTARKY" mirror products.atk --economy BLR --product 3104 --year 2020 --format csv | cut -d, -f1-5,9
"$AUTARKY" dataset products.atk --format csv | cut -d, -f1-4,6,11
"$AUTARKY" dataset verify products.atk >/dev/null && echo good
"$AUTARKY" products BLR --dataset products.atk --year 2020 --format csv | cut -d, -f1-4
# The reconciled layer goes first, with its intervals and whose reports it is made of.
"$AUTARKY" products BLR --dataset products.atk --year 2020
"$AUTARKY" depend BLR --product 3104 --flow export --year 2020 --dataset products.atk
"$AUTARKY" depend BLR --product 27 --flow import --year 2020 --dataset products.atk --format csv | cut -d, -f5-15
"$AUTARKY" brief BLR --year 2020 --dataset products.atk | sed -n '/^Products$/,/^$/p'
"$AUTARKY" mirror products.atk --economy BLR --product 31 --year 2019
echo "exit $?"
for totals in "" --without-totals; do
    # shellcheck disable=SC2086 # no option when empty
    "$AUTARKY" mirror --backtest --year 2019 --share .5 --draws 200 $totals --format csv |
        awk -F, 'NR > 1 { print $1 (($1 == "all" && $3 <= .95 || $1 != "all") && $3 >= .85 ? ": holds" : ": " $3) }'
done
"$AUTARKY" mirror --backtest --pair RUS,BLR --format csv | cut -d, -f1-3,9
"$AUTARKY" mirror
echo "exit $?"
"$AUTARKY" mirror --backtest --pair RUS,BLR,KAZ --years 2019:2019 --ras --format csv | cut -d, -f1-3
"$AUTARKY" mirror trade.atk --by-section
echo "exit $?"
"$AUTARKY" mirror --backtest --pair RUS
echo "exit $?"
"$AUTARKY" mirror trade.atk --totals BLR=3
echo "exit $?"

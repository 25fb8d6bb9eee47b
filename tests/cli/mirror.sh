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
                fi
                if [ "$period" -lt 2021 ] || [ "$j" -gt 1 ]; then
                    echo "$period,${codes[j]},M,${codes[i]},TOTAL,$((value / 100 * (102 + gap)))"
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
for totals in "" --without-totals; do
    # shellcheck disable=SC2086 # no option when empty
    "$AUTARKY" mirror --backtest --year 2019 --share .5 --draws 200 $totals --format csv |
        awk -F, 'NR > 1 { print $1 (($1 == "all" && $3 <= .95 || $1 != "all") && $3 >= .85 ? ": holds" : ": " $3) }'
done
"$AUTARKY" mirror --backtest --pair RUS,BLR --format csv | cut -d, -f1-3,9
"$AUTARKY" mirror
echo "exit $?"
"$AUTARKY" mirror --backtest --pair RUS
echo "exit $?"
"$AUTARKY" mirror trade.atk --totals BLR=3
echo "exit $?"

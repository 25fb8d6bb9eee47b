# Dependence for one product of a dataset, with room for what nobody reports; the brief's section.
{
    echo t,i,j,k,v,q
    for year in 2020 2021 2022; do
        echo "$year,112,76,310420,500000,1500000"
        echo "$year,112,699,310420,300000,1000000"
        echo "$year,112,156,310420,300000,NA"
        echo "$year,112,156,310490,3000,NA"
        echo "$year,643,76,310420,700000,2500000"
        echo "$year,124,842,310420,1700000,2500000"
        echo "$year,276,112,310420,40,1"
        echo "$year,616,112,010121,40,1"
    done
    echo 2021,643,112,270900,4000000,8000000
} >BACI_HS92_Y2022_V202501.csv
printf 'code,description\n310420,Potassium chloride\n270900,Crude oil\n' >product_codes_HS92.csv
"$AUTARKY" import BACI_HS92_Y2022_V202501.csv product_codes_HS92.csv --into trade.atk >/dev/null
"$AUTARKY" depend BLR --product 3104 --dataset trade.atk --year 2021
"$AUTARKY" depend Belarus --product 310420 --dataset trade.atk --flow export --top 6
"$AUTARKY" depend BLR --product 3104 --dataset trade.atk --flow export --years 2020:2022 --on Asia
"$AUTARKY" depend BLR --product 3104 --dataset trade.atk --year 2021 --flow import --format json
"$AUTARKY" depend BLR --product 3104 --dataset trade.atk --year 2021 --on RUS --format csv
"$AUTARKY" brief BLR --year 2022 --dataset trade.atk | sed -n '/^Products/,/^What losing/p' | head -n -2
for wrong in "--product 3104" "--product 99 --dataset trade.atk" "--product x --dataset trade.atk" \
    "--product 3104 --dataset trade.atk --year 1999"; do
    # shellcheck disable=SC2086
    "$AUTARKY" depend BLR $wrong
    echo "exit $?"
done
printf 'year,exporter,importer,value\n2021,BLR,RUS,5\n' >totals.csv
"$AUTARKY" import totals.csv --into totals.atk >/dev/null
"$AUTARKY" depend BLR --product 3104 --dataset totals.atk
echo "exit $?"

# Products of an economy and of a dated bloc, from a small dataset.
{
    echo t,i,j,k,v,q
    for year in 2020 2021; do
        echo "$year,643,112,310420,60,1"
        echo "$year,276,112,310420,40,1"
        echo "$year,616,112,010121,40,1"
        echo "$year,643,276,010121,70,1"
        echo "$year,616,276,010121,30,1"
    done
} >BACI_HS92_Y2021_V202501.csv
"$AUTARKY" import BACI_HS92_Y2021_V202501.csv --into trade.atk >/dev/null
"$AUTARKY" products Belarus --dataset trade.atk
"$AUTARKY" products EU --dataset trade.atk --level section --years 1 --years-min 1 --format csv
"$AUTARKY" products BLR --dataset trade.atk --dependent --top 1 --format json
# In 2022 neither Belarus nor Russia reports: nothing is zero that nobody told.
cat >BACI_HS92_Y2022_V202501.csv <<END
t,i,j,k,v,q
2022,76,112,310420,600000,2
2022,156,112,310420,200000,NA
2022,112,76,850110,50000,2
END
"$AUTARKY" import BACI_HS92_Y2022_V202501.csv --into silent.atk >/dev/null
"$AUTARKY" products BLR --dataset silent.atk
"$AUTARKY" products BLR --dataset silent.atk --flow exports --format csv | cut -d, -f1,3,10,11,15-
"$AUTARKY" products BLR --dataset trade.atk --year 1999
echo "exit $?"
"$AUTARKY" products Atlantis --dataset trade.atk
echo "exit $?"
"$AUTARKY" products BLR
echo "exit $?"
"$AUTARKY" products EAEU --dataset trade.atk --year 1999
echo "exit $?"

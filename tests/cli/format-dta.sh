# Any result as a Stata file: written by --format dta, read back by the importer and by estimate.
"$AUTARKY" depend BLR --years 2019:2021 --on RUS --format dta --output series.dta
head -c 28 series.dta
echo
"$AUTARKY" economies --format dta --output economies.dta
"$AUTARKY" events BLR --type election --format dta --output events.dta
head -c 11 events.dta
echo
printf 't,i,j,k,v,q\n2021,112,643,010121,12.345,0.5\n2021,643,112,310420,7,NA\n' >BACI_HS92_Y2021_V1.csv
"$AUTARKY" import BACI_HS92_Y2021_V1.csv --into trade.atk >/dev/null
"$AUTARKY" products BLR --dataset trade.atk --format dta --output products.dta
"$AUTARKY" dataset export trade.atk --to dta --output flows.dta
gzip -kn flows.dta
for file in flows.dta flows.dta.gz; do
    "$AUTARKY" import "$file" --check --map year=period,exporter=exporter,importer=importer,product=product,value=value
done
"$AUTARKY" import dta <flows.dta - --check --map year=period,exporter=exporter,importer=importer,value=value
"$AUTARKY" depend BLR --format dtb
echo "exit $?"
"$AUTARKY" brief BLR --year 2021 --format dta --output brief.dta
head -c 11 brief.dta
echo

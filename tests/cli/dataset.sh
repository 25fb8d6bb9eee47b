# A dataset from files: imported, checked, shown, verified, exported; and what is refused.
printf 't,i,j,k,v,q\n2021,112,643,310420,12.345,0.5\n2021,643,112,10121,7,NA\n' > BACI_HS92_Y2021_V202501.csv
printf 'year,exporter,importer,value\n2021,Belarus,Russian Federation,3\n2021,Belarus,Narnia,3\n' > mine.csv
"$AUTARKY" import BACI_HS92_Y2021_V202501.csv --into trade.atk
"$AUTARKY" import BACI_HS92_Y2021_V202501.csv --into trade.atk
"$AUTARKY" import mine.csv --into trade.atk
echo "exit $?"
"$AUTARKY" import mine.csv --into trade.atk --skip-bad 1
"$AUTARKY" dataset trade.atk
"$AUTARKY" dataset verify trade.atk --format json | sed 's/"bytes": [0-9]*/"bytes": N/'
"$AUTARKY" dataset export trade.atk
"$AUTARKY" dataset export trade.atk --layer 1 --to csv.zst --output layer.csv.zst
"$AUTARKY" import layer.csv.zst --check --map year=period,exporter=exporter,importer=importer,value=value
"$AUTARKY" dataset verfy trade.atk
echo "exit $?"
"$AUTARKY" dataset mine.csv
echo "exit $?"
"$AUTARKY" import mine.csv --into trade.atk --as bacy
echo "exit $?"
"$AUTARKY" import mine.csv
echo "exit $?"

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
"$AUTARKY" dataset show trade.atk --years 2021:2022
"$AUTARKY" dataset show trade.atk --layer 1
"$AUTARKY" dataset trade.atk --to csv
echo "exit $?"
"$AUTARKY" dataset export trade.atk --layer 1 --to csv.zst --output layer.csv.zst
"$AUTARKY" import layer.csv.zst --check --map year=period,exporter=exporter,importer=importer,value=value
# What is written comes in again as it was, over a file that was there before.
for format in csv csv.zst dta; do
  rm -f again.atk
  "$AUTARKY" dataset export trade.atk --layer 0 --to $format --output out.$format
  "$AUTARKY" dataset export trade.atk --layer 0 --to $format --output out.$format
  "$AUTARKY" import out.$format --into again.atk > again.txt
  "$AUTARKY" dataset export again.atk | cmp - out.csv && echo "$format: the same"
done
"$AUTARKY" dataset export trade.atk --output all.csv
"$AUTARKY" import all.csv --into again.atk
echo "exit $?"
mkdir folder
"$AUTARKY" dataset export trade.atk --output folder
echo "exit $?"
"$AUTARKY" dataset export trade.atk --output nowhere/out.csv
echo "exit $?"
"$AUTARKY" dataset export trade.atk --output /dev/full
echo "exit $?"
"$AUTARKY" dataset export trade.atk --to xlsx
echo "exit $?"
"$AUTARKY" dataset merge trade.atk --into ./trade.atk
echo "exit $?"
ls
# A pipe is read once.
mkfifo pipe
cat BACI_HS92_Y2021_V202501.csv >pipe &
"$AUTARKY" import pipe --check
"$AUTARKY" dataset verfy trade.atk
echo "exit $?"
"$AUTARKY" dataset mine.csv
echo "exit $?"
"$AUTARKY" import mine.csv --into trade.atk --as bacy
echo "exit $?"
"$AUTARKY" import mine.csv
echo "exit $?"

# Sanction cases, distances and figures: imported, shown, laid over the world, checked.
cat >GSDB.csv <<'END'
case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,financial,travel,other,target_mult,sender_mult,objective,success
1267,Belarus,EU,2022,2022,1,"exp_part, imp_part",0,0,1,0,1,0,1,"policy_change,end_war","ongoing,ongoing"
1269,Belarus,"Korea, South, League of Arab States",2022,2022,1,exp_part,0,0,0,0,0,0,0,policy_change,ongoing
END
printf '"iso_o","iso_d","contig","dist","distcap"\n"BLR","RUS",1,675.5,675\n"BLR","ROM",0,900,900\n' >dist.csv
printf '"Country Name","Country Code","Indicator Name","Indicator Code","2022","2023",\n' >wdi.csv
printf '"Belarus","BLR","GDP","NY.GDP.MKTP.CD","73775000000","",\n"World","WLD","GDP","NY.GDP.MKTP.CD","1","2",\n' >>wdi.csv
"$AUTARKY" import GSDB.csv --check
"$AUTARKY" import gsdb GSDB.csv --into trade.atk
"$AUTARKY" import geodist dist.csv --into trade.atk
"$AUTARKY" import wdi wdi.csv --into trade.atk
"$AUTARKY" import wdi.csv --into trade.atk
"$AUTARKY" dataset trade.atk
"$AUTARKY" dataset verify trade.atk --format json | sed 's/"bytes": [0-9]*/"bytes": N/'
"$AUTARKY" dataset facts trade.atk
"$AUTARKY" dataset facts trade.atk --what distance --format csv
"$AUTARKY" dataset facts trade.atk --what figure --format json
"$AUTARKY" events KOR --dataset trade.atk --from 2022 --to 2022
"$AUTARKY" sources --dataset trade.atk | grep -A4 GSDB
"$AUTARKY" depend BLR --year 2022 --on RUS --format csv --dataset trade.atk | cut -d, -f1,5,18
"$AUTARKY" depend BLR --year 2022 --on RUS --format csv | cut -d, -f1,5,18
"$AUTARKY" dataset facts trade.atk --what weather
echo "exit $?"
sed '3s/2022,2022/2022,2012/' GSDB.csv >wrong.csv
"$AUTARKY" import wrong.csv --into trade.atk
echo "exit $?"
"$AUTARKY" import wrong.csv --into trade.atk --skip-bad 1
cp wdi.csv other.csv
"$AUTARKY" import geodist other.csv --into trade.atk
echo "exit $?"

# Bad input of the commands on routes, roles, ties and events: one line a case.
. "$HERE/data/refused.bash"
refused_lines <<'END'
# places that are not there, with the nearest names
route BLR Klaipedo
route BLR Atlantis
route Atlantis DEU
route BLR DEU --closed kuznca
route BLR DEU --closed suezz
route BLR DEU --closed BLR-DEU
route BLR DEU --closed suez,
route BLR DEU --closed Minsk
route BLR DEU --closed suez/road
route BLR DEU --closed kuznica/sea
route BLR DEU --ban-transit XYZ
route BLR DEU --ban-transit klaipeda
route BLR BLR
route BES USA
route SUN DEU
corridors Atlantis
corridors BES
corridors EU

# an end that is closed, what contradicts itself, what is named twice
route klaipeda BLR --closed klaipeda
route BLR klaipeda --closed klaipeda
route BLR DEU --closed suez,suez
route BLR DEU --closed BLR-POL,POL-BLR
route BLR DEU --closed BLR-POL,kuznica
route BLR DEU --closed kuznica,kuznica/road
route BLR DEU --ban-transit POL,POL
route BLR DEU --ban-transit BLR
route BLR DEU --ban-transit POL,DEU
corridors BLR --ban-transit BLR

# all closed around a landlocked economy: no route, and never a number
route BLR DEU --closed BLR-LTU,BLR-LVA,BLR-POL,BLR-RUS,BLR-UKR
route DEU BLR --closed BLR-LTU,BLR-LVA,BLR-POL,BLR-RUS,BLR-UKR --shortest
route LSO USA --closed LSO-ZAF --format json
route PRY CHN --closed ARG-PRY,BOL-PRY,BRA-PRY --shortest --format csv
route NPL IND --closed CHN-NPL,IND-NPL
corridors BLR --closed BLR-LTU,BLR-LVA,BLR-POL,BLR-RUS,BLR-UKR
corridors LSO --closed LSO-ZAF --model shortest --format json

# dates: none, no day, before the data, after them
route BLR DEU --date yesterday
route BLR DEU --date 2023-02-30
route BLR DEU --date 1900-01-01
route BLR DEU --date 2999-01-01
corridors BLR --date 2023-13-01
events --from 2023-02-29
events --from 2024 --to 2020
events --to 1800
events --from 2500
events --type sanktion
events Atlantis

# goods and costs
route BLR DEU --goods nonsense
route BLR DEU --goods-of nonsense
route BLR DEU --goods-of EU
corridors BLR --goods nonsense
route BLR DEU --set port_h
route BLR DEU --set port_h=
route BLR DEU --set port_h=nan
route BLR DEU --set port_h=-1
route BLR DEU --set port_h=1e999
route BLR DEU --set port_h=1,port_h=2
route BLR DEU --set porth=1
route BLR DEU --set route_scale_usd_per_t=50
route BLR DEU --map routes.png

# claims on isolation
claim Belarus is cut off from Atlantis
claim Belarus is isolated from Belarus
claim Belarus is cut off from Poland in 1800
claim Belarus is cut off from
claim EU is cut off from Russia
END

echo
echo "# a damaged file of costs"
while IFS='|' read -r name content; do
    printf '%b' "$content" >"$name.csv"
    refused "route BLR DEU --costs $name.csv"
done <<'END'
empty|
header-alone|name,value\n
no-value|name\nport_h\n
no-name|value\n3\n
column-twice|name,value,value\nport_h,3,4\n
word|name,value\nport_h,much\n
nothing|name,value\nport_h,\n
nan|name,value\nport_h,nan\n
infinite|name,value\nport_h,inf\n
overflow|name,value\nport_h,1e999\n
negative|name,value\nport_h,-1\n
no-speed|name,value\nsea_km_per_h,0\n
low-above|name,value,low,high\nport_h,3,4,5\n
unknown|name,value\nport_hours,3\n
twice|name,value\nport_h,3\nborder_h,2\nport_h,4\n
no-goods|name,value\nport_h@,3\n
short|name,value\nport_h\n
long|name,value\nport_h,3,4\n
nul|name,value\nport_h,3\0000\n
quote|name,value\n"port_h,3\n
latin|name,value\nport_h\0377,3\n
END
refused "route BLR DEU --costs none.csv"

echo
echo "# closures in a scenario"
while IFS= read -r measures; do
    printf 'name: X\neconomy: world-2021\nmeasures: [%s]\n' "$measures" >case.yaml
    echo "$measures"
    refused "simulate case.yaml"
done <<'END'
{close: suezz}
{close: [suez, suez]}
{close: suez}, {close: suez}
{close: BLR-POL}, {close: kuznica}
{close: Minsk}
{close: BLR-DEU}
{close: []}
{close: suez/road}
{open: suez}
{transit_ban: XYZ}
{transit_ban: POL}, {transit_ban: POL}
{transit_ban: POL, close: suez}
END
rm -f ./*.csv case.yaml out err
ls

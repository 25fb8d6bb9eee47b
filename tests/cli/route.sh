# Routes between places: text, JSON, CSV, closures, and what is said of bad input.
"$AUTARKY" route soligorsk klaipeda --goods potash --routes 1
"$AUTARKY" route Rotterdam Singapore --closed suez --routes 1
"$AUTARKY" route BLR LTU --closed kena-rail,stasylos-rail --routes 1 --format csv
"$AUTARKY" route BLR LTU --shortest --format json
"$AUTARKY" route BLR LTU --closed kena-rail,stasylos-rail --routes 1 --draws 20 | tail -2
for wrong in "BLR DEU --draws -3" "BLR Klaipedo" "BLR BLR" "BLR DEU --closed kuznca" "BLR DEU --closed Berlin" \
    "BLR DEU --date 1850-01-01" "BLR DEU --date 2023-02-30" "BLR DEU --set border_usd=3" \
    "BLR DEU --routes 99" "klaipeda BLR --closed klaipeda" "BLR DEU --ban-transit XYZW" \
    "BLR DEU --set route_scale_usd_per_t=50" \
    "BLR DEU --closed BLR-POL,BLR-LTU,BLR-LVA,BLR-RUS,BLR-UKR"; do
    # shellcheck disable=SC2086 # the words are meant to be split
    "$AUTARKY" route $wrong
    echo "exit $?"
done
printf 'name,value\nport_h,much\n' >costs.csv
"$AUTARKY" route BLR DEU --costs costs.csv
echo "exit $?"
# Capacities: the names, not the figures, which follow the world dataset; then what is refused.
"$AUTARKY" route soligorsk BRA --goods potash --date 2022-03-01 --tonnes 11e6 --capacity klaipeda=16e6,ust-luga=3e6 \
    --format json | grep -o '"congestion": \[{"place": "[^"]*", "capacity_t": [0-9]*'
for wrong in "--capacity world" "--tonnes 1e6" "--tonnes 1e6 --capacity suez" "--tonnes 1e6 --capacity suez=0" \
    "--tonnes 1e6 --capacity BLR=1" "--tonnes 1e6 --capacity suez=1e9 --shortest" \
    "--tonnes 1e6 --capacity suez=1e9 --draws 5" "--tonnes 0 --capacity suez=1e9"; do
    # shellcheck disable=SC2086 # the words are meant to be split
    "$AUTARKY" route BLR DEU $wrong
    echo "exit $?"
done

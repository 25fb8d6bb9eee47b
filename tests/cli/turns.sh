# Turns: the break of 2022, and bad input.
ask() {
    echo "== $*"
    "$AUTARKY" turns "$@"
    echo "exit $?"
}
for on in EU RUS; do
    echo "$on: $("$AUTARKY" turns BLR --on $on --format json --draws 20 | grep -o '"date": 202[0-9]')"
done
"$AUTARKY" turns BLR --on RUS --format csv | sed -n 1p
ask
ask BLR
ask BLR --on BLR
ask BLR --on Zzyzx
ask BLR --on WLD
ask Zzyzx --on RUS
ask BLR --on RUS --years 1066:2023
ask BLR --on RUS --years 2023:2001
ask BLR --on RUS --by hand
ask BLR --on RUS --flow sideways
ask BLR --on RUS --level 95
ask BLR --on RUS --draws -1
ask BLR --on RUS --output /nowhere/file
ask DEU --on FRA --monthly

# Roles and ties: the shape of the output and what is said of bad input; figures follow the dataset.
"$AUTARKY" roles BLR --years 2019 --draws 0 --format csv | cut -d, -f1-2
"$AUTARKY" roles --years 2019 --draws 0 --format csv | cut -d, -f2 | head -c 24
echo
"$AUTARKY" ties BLR RUS --years 2014:2016 --format csv | cut -d, -f1,10-13
"$AUTARKY" ties UKR RUS --years 2013:2023 | grep "^crossings\|^memberships" | tr -s " "
"$AUTARKY" ties USA CHN --years 2020:2023 | tail -1
"$AUTARKY" roles BLR --years 2022:2023 --draws 0 | tail -2
for wrong in "roles Belaruz" "roles BLR --draws -1" "roles BLR --years 1700" "roles BLR --resolution 0" \
    "ties BLR" "ties BLR BLR" "ties BLR POL --years 2020:2010"; do
    # shellcheck disable=SC2086 # the words are meant to be split
    "$AUTARKY" $wrong
    echo "exit $?"
done

# What is told of an economy that does not publish, and of one whose report is only missing in the
# data: South Korea publishes its trade, so nobody says that it did not.
notes() {
    "$AUTARKY" depend "$@" | sed -n '/^what to know/,/^$/p'
}
notes BLR --year 2023
notes KOR --year 2023
notes POL --year 2023
notes POL --year 2021
"$AUTARKY" brief KOR --on VNM --year 2023 | sed -n '3,5p'
"$AUTARKY" brief BLR --on RUS --year 2023 | sed -n '3,4p'

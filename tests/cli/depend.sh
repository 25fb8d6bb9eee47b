# Dependence as text, its explanation, its formats, and questions that cannot be answered.
"$AUTARKY" depend BLR --year 2023 --top 5
echo "exit $?"
"$AUTARKY" depend Belarus --on EU --years 2020:2023 --flow export
"$AUTARKY" depend BLR --year 2023 --on RUS --explain | sed -n '/how the numbers/,$p'
"$AUTARKY" depend BLR --year 2023 --on RUS --scope 'goods and services'
"$AUTARKY" depend BLR --year 2023 --on RUS --format csv
"$AUTARKY" depend BLR --year 2023 --format json | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(" ".join(d))
first = d["partners"][0]
print(" ".join(first))
print([p["partner"] for p in d["partners"][:2]], first["share"]["low"] <= 0.56, first["share"]["high"] >= 0.67)'
"$AUTARKY" depend KAZ --years 2022:2023 --format json --top 1 | python3 -c '
import json, sys
print([(d["year"], [p["partner"] for p in d["partners"]]) for d in json.load(sys.stdin)])'
for wrong in Belorusia 'BLR --on BLR' 'BLR --year 1890' 'BLR --years 2030:2040' 'BLR --years 2023:1995' \
    'BLR --flow sideways' 'BLR --scope services' 'BLR --top -1' 'BLR --on Narnia' \
    'BLR --on WLD' 'BLR --year 2020 --years 2019:2020' 'SSD --year 1995' ''; do
    # shellcheck disable=SC2086 # words are arguments
    "$AUTARKY" depend $wrong
    echo "exit $?"
done

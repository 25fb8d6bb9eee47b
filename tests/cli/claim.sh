# Claims in words and as options: what is answered, and where an error points.
ask() {
    echo "== $*"
    "$AUTARKY" claim "$@"
    echo "exit $?"
}
verdict() {
    echo "$*: $("$AUTARKY" claim "$@" --format json | grep -o '"verdict": "[a-z]*"' | head -n 1)"
}
verdict "Russia is Belarus's first partner in 2019"
verdict "China is Belarus's first partner in 2019"
verdict "most of Belarus's goods exports go to the EU in 2023"
verdict --economy BLR --partner RUS --rank 1 --year 2019 --flow trade --scope goods
"$AUTARKY" claim --economy BLR --partner RUS --share 0.70 --year 2023 --format csv |
    grep -E '^"(trade in goods with Russia|exports of goods to Russia and China), ' |
    sed -E 's/",[^,]*,[^,]*,[^,]*,[^,]*,/": /'
ask "lots of Belarus's trade is with Russia"
ask "70 percent of Belarus's cheese is with Russia"
ask 70 percent of "Belarus's" exports come from Russia
ask "half of Belarus's trade is with Zzyzx in 2023"
ask "half of Belarus's trade is with Belarus in 2023"
ask "half of Belarus's trade is with Russia in 1066"
ask
ask --economy BLR
ask --economy BLR --partner RUS
ask --economy BLR --partner RUS --share 170%
ask --economy BLR --partner RUS --share lots
ask --economy BLR --partner RUS --share 0.7 --rank 1
ask --economy BLR --partner RUS --share 0.7 --flow sideways
ask --economy BLR --partner RUS --share 0.7 --scope all
ask --economy BLR --partner Zzyzx --share 0.7
ask "half of Belarus's trade is with Russia" --year 2023
ask "Russia is Belarus's first partner" --output /nowhere/file
# Cut off: routes, access, crossings, bans; the figures of access follow the dataset.
"$AUTARKY" claim "Belarus is isolated from transit and communication channels to the West in 2023" | grep -v "access to"
"$AUTARKY" claim "Armenia is cut off from Turkey in 2020" --format csv | cut -d, -f1,2,6 | grep -v "access to"

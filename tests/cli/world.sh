# Economies, groups, events and sources of the world dataset.
"$AUTARKY" economies --search bel
"$AUTARKY" economies --search "Белоруссия" --format csv
"$AUTARKY" economies --group EAEU --format csv
"$AUTARKY" groups EU --date 1995-01-01
"$AUTARKY" groups EU --date 2023 --format csv | wc -l
"$AUTARKY" groups NAFTA --format json
"$AUTARKY" groups | sed -n 1,4p
"$AUTARKY" events BLR --type sanction --from 2020 --to 2024
"$AUTARKY" events POL --type "border closure" --format csv
"$AUTARKY" events KGZ --from 2015 --to 2015 --format json
"$AUTARKY" sources | sed -n 1,5p
"$AUTARKY" sources --format csv | sed -n 1p

# Places that carry trade: their order, not the figures, which follow the world dataset.
"$AUTARKY" corridors BLR --year 2019 --top 3 --shares-only --format csv | cut -d, -f1-4
"$AUTARKY" corridors BLR --year 2023 --date 2024-03-01 --model shortest --shares-only --top 2 --format csv | cut -d, -f1-4
"$AUTARKY" corridors WLD --year 2023 --model shortest --shares-only --top 2 --format csv | cut -d, -f1-2
for wrong in "EU" "BLR --model guess" "BLR --closed BLR-POL,BLR-LTU,BLR-LVA,BLR-RUS,BLR-UKR" "Belaruz" \
    "BLR --year 1700"; do
    # shellcheck disable=SC2086 # the words are meant to be split
    "$AUTARKY" corridors $wrong
    echo "exit $?"
done
"$AUTARKY" corridors WLD --year 2023 --capacity panama=3e8 --shares-only --top 1 --format csv | head -n 1
"$AUTARKY" corridors WLD --year 2023 --capacity panama=3e8 --model shortest
echo "exit $?"

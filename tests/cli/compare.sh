# Economies side by side.
"$AUTARKY" compare BLR ARM KAZ --on RUS --year 2023
"$AUTARKY" compare Poland Hungary --year 2004 --on EU --format csv
"$AUTARKY" compare Poland --year 2004 --format json
"$AUTARKY" compare BLR Atlantis
echo "exit $?"
"$AUTARKY" compare BLR RUS --on RUS
echo "exit $?"
"$AUTARKY" compare
echo "exit $?"

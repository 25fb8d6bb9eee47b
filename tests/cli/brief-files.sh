# The page goes to its file, the brief to the terminal or to --output; both are whole.
"$AUTARKY" brief BLR --html page.html --output brief.txt
echo "exit $?"
ls
tail -n 1 page.html
head -n 1 page.html
"$AUTARKY" brief Bélarus --format json --output brief.json
head -c 40 brief.json
echo
"$AUTARKY" brief 112 --format csv --output brief.csv
head -n 1 brief.csv
"$AUTARKY" brief BLR --help

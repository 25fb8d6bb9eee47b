# What is not there, not meant or damaged: one line and the right exit code.
say() {
    "$@"
    echo "exit $?"
}
say "$AUTARKY" economies --search Atlantida
say "$AUTARKY" groups Erope
say "$AUTARKY" groups EU --date 2004-13-01
say "$AUTARKY" groups EU --date yesterday
say "$AUTARKY" events Belorus
say "$AUTARKY" events BLR --type sanctoin
say "$AUTARKY" events BLR --from 20
say "$AUTARKY" sources --world nowhere.sqlite
echo "year,exporter" >table.csv
say "$AUTARKY" sources --world table.csv
say "$AUTARKY" sources --world .
: >empty.sqlite
say "$AUTARKY" sources --world empty.sqlite
AUTARKY_WORLD=nowhere.sqlite say "$AUTARKY" sources

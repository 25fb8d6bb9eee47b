# What no command takes: one line, exit code 2, nothing on standard output, no file. Only what is
# otherwise is printed for the commands at large, so that a new one needs no change here.
refuses() {
    local code=0 out lines
    out=$("$AUTARKY" "$@" 2>err </dev/null) || code=$?
    mapfile -t lines <err
    if [ "$code" -ne 2 ] || [ -n "$out" ] || [ "${#lines[@]}" -ne 1 ] ||
        [[ ${lines[0]} != "autarky: "* ]]; then
        printf 'autarky %s: exit %s, "%s", "%s"\n' "$*" "$code" "$out" "${lines[*]}"
    fi
}
for command in $("$AUTARKY" --help | awk '/^  [a-z]+ /{print $1}'); do
    refuses "$command" --nope
    refuses "$command" -x
    refuses "$command" --format
    refuses "$command" --format yaml
    refuses "$command" --format ''
    refuses "$command" --format text --format text
    refuses "$command" --output --format json
    refuses "$command" ''
done
rm err
ls

say() {
    "$AUTARKY" "$@" >out
    echo "exit $?, $(wc -c <out) bytes"
    rm out
}
say brief BLR --year 2020 --year 2021
say brief BLR --output --format json
say brief BLR --top nan
say brief BLR --top 99999999999999999999
say brief -h EU -x
say brief ''
# Nothing of what is quoted reaches a terminal as a command, and all that is written is UTF-8.
say sources $'A\nB\e[31mC\x7f\u009b'
say depend $'Bel\xff\xfe\xe2\x82rus €'
say $'br\e[1mief'
say estimate $'\e[1m y ~ x' --data none.csv
say brief "$(head -c 100000 /dev/zero | tr '\0' A)"
printf 'year,exporter,importer,value\n2020,B\xff\xfe,RUS,1\n' >latin.csv
say import latin.csv --check
# "--" ends the options; a formula, a number and "-" begin with a dash and are none.
say version --
say depend -- -x
say estimate '-log(y) ~ x' --data none.csv
say version --output=--v
cat -- --v
# Numbers out of range, and what has no meaning for the world dataset.
cat >cut.yaml <<'END'
name: Cut
economy: world-2021
measures: [{embargo: true, from: BLR, to: RUS}]
END
for option in '--theta 0' '--theta -4' '--value-added 1.5' '--unit 0' '--tolerance 0' '--tolerance 1e9' \
    '--year 2020' '--gdp gdp.csv' '--labels l.csv' '--layout matrix'; do
    # shellcheck disable=SC2086
    say simulate cut.yaml $option
done
say estimate 'y ~ x' --data none.csv --tol 0
# A reader that leaves, a full disk, a closed output.
"$AUTARKY" depend BLR --years 2000:2023 --top 0 --format json | true
echo "exit ${PIPESTATUS[0]}"
"$AUTARKY" sources >&-
echo "exit $?"
"$AUTARKY" sources >/dev/full
echo "exit $?"
mkdir folder
say sources --output folder
say sources --world folder
ls

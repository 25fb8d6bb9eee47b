# Sourced by the tests of bad input: runs one case and prints its exit code, the command, and its one
# line on standard error.
refused() {
    local code=0
    # shellcheck disable=SC2086 # the words are meant to be split
    "$AUTARKY" $1 >out 2>err </dev/null || code=$?
    printf '%s  %s\n   %s\n' "$code" "$1" "$(cat err)"
    if [ -s out ] || [ "$(wc -l <err)" -ne 1 ]; then echo "   NOT REFUSED CLEANLY"; fi
}

# A case on each line of standard input; comments and blank lines are printed as they are.
refused_lines() {
    local line
    while IFS= read -r line; do
        case $line in '' | '#'*) echo "$line" ;; *) refused "$line" ;; esac
    done
    rm -f out err
}

# What a brief refuses: one line, the exit code, and no file left behind.
run() {
    "$AUTARKY" brief "$@" >out
    echo "exit $?, $(wc -c <out) bytes"
}
run Belaris
run BLR --year 1850
run BLR --on BLR
run BLR --on Atlantis
run BLR --top 0
run BLR RUS
run
run ATA
run BLR --format yaml
run BLR --html /nowhere/page.html
run BLR --html /dev/full
run BLR --output /nowhere/brief.txt
run BLR --world out
ls

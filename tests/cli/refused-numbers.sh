# Every number out of its range, of every command: one line a case.
. "$HERE/data/refused.bash"
refused_lines <<'END'
# years
corridors BLR --year 0
corridors BLR --year 2050
roles BLR --year 0
roles BLR --year 1800
roles BLR --years 2023:2000
roles BLR --year 2020 --years 2019:2020
roles EU
ties BLR RUS --years 1700:1800
ties BLR RUS --years 2020:2010
ties BLR RUS --years 2090
ties BLR BLR
ties BLR EU
brief BLR --year 1800
depend BLR --year 1e3
depend BLR --year 1800
compare BLR --year 0
claim --economy BLR --partner RUS --share 0.7 --year 0
products BLR --year 0
mirror --backtest --year 0

# numbers out of their range, command by command
route BLR DEU --routes 0
route BLR DEU --routes 21
route BLR DEU --draws -1
route BLR DEU --draws 1e3
route BLR DEU --draws 99999999999999999999
corridors BLR --min-share 1e20
corridors BLR --min-share -0.1
corridors BLR --min-share nan
corridors BLR --min-share inf
corridors BLR --min-share 0x1
corridors BLR --top -1
roles --draws -1
roles --draws 10001
roles --resolution 0
roles --resolution 101
brief BLR --top 0
brief BLR --top 51
depend BLR --top -1
claim --economy BLR --partner RUS --rank 0
claim --economy BLR --partner RUS --share 150%
turns BLR --on RUS --level 1
turns BLR --on RUS --draws -1
turns BLR --on RUS --seed -1
products BLR --hhi 1e20
products BLR --world-hhi -1
products BLR --ratio -1
products BLR --outside 2
products BLR --years 0
products BLR --years-min 11
products BLR --layer -1
products BLR --top 1.5
mirror --backtest --share 2
mirror --backtest --draws 19
mirror --backtest --partner-sd -1
mirror --backtest --total-sd inf
mirror --backtest --top -1
import none.csv --check --value-unit 0
import none.csv --check --quantity-unit -1
import none.csv --check --skip-bad -1
import none.csv --check --product-digits 21
import none.csv --check --threads 257
dataset none.atk --layer -1
simulate none.yaml --draws -1
simulate none.yaml --seed -1
simulate none.yaml --threads 0
simulate none.yaml --tolerance 1
simulate none.yaml --theta 0
simulate none.yaml --value-added 1.5
simulate none.yaml --unit 0
chain none.yaml --draws 10001
sweep EU BLR --threads 1000
estimate y~x --tol 1
estimate y~x --max-iterations 0
estimate y~x --bootstrap -1
estimate y~x --sigma 1
estimate y~x --decimals 16
estimate y~x --event-before 0
estimate y~x --threads -1
estimate y~x --layer -1
END
ls

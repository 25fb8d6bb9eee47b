# bash completion for autarky; tools/write-paper writes the table from --help.
# shellcheck shell=bash

# command: its own options
_autarky_table="
brief: --year --on --html --estimates --top --dataset
claim: --economy --partner --share --rank --year --flow --scope --explain --exact --dataset
turns: --on --flow --years --monthly --explain --by --level --draws --seed --dataset
depend: --on --year --years --flow --scope --top --product --estimates --explain --dataset
compare: --on --year --flow --dataset
economies: --search --group --date --dataset
groups: --date --dataset
events: --type --from --to --dataset
sources: --dataset
economy: --economy --layout --year --theta --theta-file --value-added --domestic --gdp --unit --labels --repair --regions --sectors --dataset
simulate: --economy --layout --year --theta --theta-file --value-added --domestic --gdp --unit --labels --repair --explain --flows --parts --variance --coefficients --theta-draws --draws --seed --threads --tolerance --dataset
estimate: --data --layer --fill --family --vcov --ssc --weights --offset --subset --panel --bias-correction --bootstrap --seed --singletons --separation --tol --max-iterations --threads --event --event-before --event-after --chart --table --latex --fitted --effects --resistances --reference --base --sigma --predict-gaps --to-scenario --stars --decimals --dataset
chain: --economy --layout --year --theta --theta-file --value-added --domestic --gdp --unit --labels --repair --explain --method --draws --seed --threads --dataset
sweep: --economy --layout --year --theta --theta-file --value-added --domestic --gdp --unit --labels --repair --measure --by --levels --deficits --threads --dataset
version: --dataset
import: --into --as --map --check --skip-bad --duplicates --again --source --reported-by --valuation --value-unit --quantity-unit --currency --classification --product-digits --years --delimiter --decimal --thousands --encoding --codes --keep-self --threads --dataset
dataset: --to --years --what --into --layer --dataset
products: --year --level --flow --dependent --top --hhi --world-hhi --ratio --outside --all-exports --years --years-min --layer --dataset
ties: --years --dataset
roles: --year --years --draws --resolution --dataset
corridors: --closed --ban-transit --date --goods-of --goods --costs --set --year --model --capacity --min-share --top --shares-only --dataset
route: --closed --ban-transit --date --goods-of --goods --costs --set --routes --draws --capacity --tonnes --shortest --map --dataset
mirror: --year --economy --product --store --estimates --silent --totals --by-section --ras --top --partner-sd --total-sd --draws --backtest --share --pair --years --without-totals --dataset
"
_autarky_common="--format --output --world --help"

# Codes of economies, asked once a shell.
_autarky_codes=
_autarky_load_codes() {
    [ -n "$_autarky_codes" ] ||
        _autarky_codes=$("$1" economies --format csv 2>/dev/null | sed -e 1d -e 's/,.*//')
}

_autarky() {
    local current previous command options
    current=${COMP_WORDS[COMP_CWORD]}
    previous=${COMP_WORDS[COMP_CWORD - 1]}
    command=${COMP_WORDS[1]-}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "help $(sed -n 's/:.*//p' <<<"$_autarky_table")" -- "$current")
        return
    fi
    case $previous in
        --format) mapfile -t COMPREPLY < <(compgen -W "text json csv" -- "$current"); return ;;
        --flow) mapfile -t COMPREPLY < <(compgen -W "trade export import" -- "$current"); return ;;
        --output | --world | --html) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --on | --economy | --partner)
            _autarky_load_codes "${COMP_WORDS[0]}"
            mapfile -t COMPREPLY < <(compgen -W "$_autarky_codes" -- "${current^^}")
            return
            ;;
    esac
    if [[ $current == -* ]]; then
        options=$(sed -n "s/^$command://p" <<<"$_autarky_table")
        mapfile -t COMPREPLY < <(compgen -W "$options $_autarky_common" -- "$current")
    elif [[ $current =~ ^[A-Za-z]{1,3}$ || -z $current ]]; then
        _autarky_load_codes "${COMP_WORDS[0]}"
        mapfile -t COMPREPLY < <(compgen -W "$_autarky_codes" -- "${current^^}")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -o filenames -F _autarky autarky

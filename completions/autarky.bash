# bash completion for autarky; what it offers is compared with --help by the suite.
# shellcheck shell=bash

# command: its own options
_autarky_table="
brief: --year --on --html --top
version:
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

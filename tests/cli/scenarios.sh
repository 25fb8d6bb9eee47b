# Every scenario that ships is understood, has a solution, and says so.
data=${AUTARKY_SHARED:-}/data/models/cp2015
for file in "$HERE"/../../scenarios/*.yaml; do
    name=$(basename "$file" .yaml)
    "$AUTARKY" simulate "$file" --explain >explained || echo "$name: not explained"
    economy=()
    if ! grep -q '^economy:' "$file"; then
        [ -r "$data/trade.csv" ] || continue
        economy=(--economy "$data")
    fi
    "$AUTARKY" simulate "$file" "${economy[@]}" --draws 2 --format json >result.json || echo "exit $?"
    python3 - "$name" <<'END' || echo "$name: not converged"
import json, sys
r = json.load(open("result.json"))
steps = r["steps"] or [r]
sys.exit(0 if all(s["converged"] and s["residual"] <= 1e-10 and s["economies"] for s in steps)
         and r["draws"] == 2 else 1)
END
done
for file in "$HERE"/../../scenarios/chains/*.yaml; do
    name=$(basename "$file" .yaml)
    "$AUTARKY" chain "$file" --explain >explained || echo "$name: not explained"
    "$AUTARKY" chain "$file" --draws 2 --format json >result.json || echo "exit $?"
    python3 - "$name" <<'END' || echo "$name: not converged"
import json, sys
r = json.load(open("result.json"))
sys.exit(0 if r["estimate"]["converged"] and r["simulation"]["converged"]
         and all(i["low"] <= i["high"] for i in r["intervals"]) else 1)
END
done
echo done

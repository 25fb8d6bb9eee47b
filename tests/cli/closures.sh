# Closed places in simulations: parts that add up, draws of the costs, refusals. Not the figures, which
# follow the world dataset.
cat >mixed.yaml <<'END'
name: Mixed
economy: world-2021
show: [BLR, LTU]
uncertainty: {draws: 3, seed: 2, theta: 20%}
steps:
  - name: the border
    measures: [{close: [BLR-LTU], from: BLR, to: EU, both: true}]
  - name: transit and tariffs
    measures:
      - {transit_ban: [POL, LVA], from: BLR, both: true}
      - {tariff: {add: 10%}, from: BLR, to: EU, both: true}
END
"$AUTARKY" simulate mixed.yaml --explain
"$AUTARKY" simulate mixed.yaml --format csv --parts >parts.csv
cut -d, -f1-4 parts.csv | grep -v "exports\|imports\|LTU"
"$AUTARKY" simulate mixed.yaml --format json --variance --threads 2 >mixed.json
python3 - <<'END'
import csv, json
r = json.load(open("mixed.json"))
rows = {tuple(x[:4]): x[4] for x in csv.reader(open("parts.csv"))}
print(r["drawn"], r["draws"], sorted(c["name"] for c in r["transport_costs"] if not c["drawn"]))
for step in r["steps"]:
    parts = step["parts"]
    for e in parts["economies"]:
        for q in "welfare", "exports", "imports":
            p = e[q]
            assert abs(p["routes"] + p["other_measures"] - p["all"]) < 1e-9
            assert abs(p["dearer_routes"] + p["lost_routes"] - p["routes"]) < 1e-9
            told = sum(x[q] for c in parts["closings"] for x in c["economies"]
                       if x["economy"] == e["economy"])
            assert not parts["closings"] or abs(told - p["routes"]) < 1e-6
            assert abs(e["low"][q]["all"]) >= 0 and e["low"][q]["all"] <= e["high"][q]["all"]
            row = rows[(step["step"], e["economy"], q, "routes")]
            assert abs(float(row) - p["routes"]) < 1e-6
        print(step["step"], e["economy"], "share of routes 100 %"
              if abs(e["welfare"]["share_of_routes"] - 100) < 1e-6 else "share of routes below 100 %")
    for c in parts["closings"]:
        print("  ", c["closing"])
    print(sorted(step["variance_percent"][0]))
END
"$AUTARKY" simulate mixed.yaml | grep -E "^(All of it|Of it|The routes|Variance|5 to 95)|drawn|triangular"
"$AUTARKY" simulate mixed.yaml --parts
echo "exit $?"
for wrong in "close: [minsk]" "close: [kuznicca]" "close: [suez/road]" "transit_ban: [Lithuanai]" \
    "close: {in_force: 2021-02-30}" "close: {in_force: 0900-01-01}" "close: [suez], part: 0" \
    "tariff: 5%, part: 20%" "close: [suez], by: ship" "close: [BLR-POL], from: BLR, to: BLR"; do
    printf 'name: Wrong\neconomy: world-2021\nmeasures:\n  - {%s}\n' "$wrong" >wrong.yaml
    "$AUTARKY" simulate wrong.yaml
    echo "exit $?"
done
cat >wrong.yaml <<'END'
name: More than all
economy: world-2021
transport: {rail_usd_per_tonne: 1}
measures:
  - {close: [BLR-POL], by: road, part: 70%, from: BLR}
  - {close: [BLR-POL], by: rail, part: 40%, from: BLR}
END
"$AUTARKY" simulate wrong.yaml
echo "exit $?"
sed -i '/^transport/d' wrong.yaml
"$AUTARKY" simulate wrong.yaml
echo "exit $?"
cat >wrong.yaml <<'END'
name: Contradiction
economy: world-2021
measures:
  - {close: [BLR-POL]}
  - {embargo: true, from: BLR, to: POL}
  - {cost: 5%, from: BLR, to: EU}
END
"$AUTARKY" simulate wrong.yaml
echo "exit $?"

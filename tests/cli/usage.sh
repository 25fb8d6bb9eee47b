# The program without, with a wrong and with a half-known command.
"$AUTARKY" versoin
echo "exit $?"
"$AUTARKY" version --formt json
echo "exit $?"
"$AUTARKY" version --format yaml
echo "exit $?"
"$AUTARKY" version extra
echo "exit $?"
"$AUTARKY" version --output /nowhere/file
echo "exit $?"
"$AUTARKY" version >/dev/full
echo "exit $?"
"$AUTARKY" version --format json

# The case the program was born from.
"$AUTARKY" brief BLR

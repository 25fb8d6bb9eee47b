# One of the five economies with the worst data.
"$AUTARKY" brief GMB

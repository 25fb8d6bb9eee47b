# Time of the R package GEGravity: its own data (N = 44) and a generated world of N = 400.
#   AUTARKY_PEERS=LIBRARY Rscript bench/peers/gegravity.R
.libPaths(c(Sys.getenv("AUTARKY_PEERS"), .libPaths()))
library(GEGravity)
per_run <- function(f, n) system.time(for (i in seq_len(n)) f())[["user.self"]] / n
a <- TradeData0014[TradeData0014$year == 2000, ]
b <- TradeData0014[TradeData0014$year == 2014, ]
effect <- 0.2242490062 * (b$eu_enlargement - a$eu_enlargement)
solve <- function() ge_gravity(exp_id = a$exporter, imp_id = a$importer, flows = a$trade,
                               beta = effect, theta = 4)
r <- unique(data.frame(economy = a$exporter, welfare = solve()$welfare))
print(r[r$economy %in% c("LTU", "POL", "HUN", "DEU"), ])
cat(sprintf("GEGravity, N = 44: %.4f s of one processor\n", per_run(solve, 20)))
set.seed(1)
n <- 400
g <- expand.grid(i = 1:n, j = 1:n)
size <- 10^(3 * runif(n))
x <- size[g$i] * size[g$j] / sum(size) * (0.02 + runif(n * n))
x[g$i == g$j] <- x[g$i == g$j] * 3 * n
effect <- ifelse((g$i == 1) != (g$j == 1), -1, 0)
solve <- function() ge_gravity(exp_id = g$i, imp_id = g$j, flows = x, beta = effect, theta = 4)
cat(sprintf("GEGravity, N = 400: %.4f s of one processor\n", per_run(solve, 3)))

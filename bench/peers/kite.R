# Time of KITE's Caliendo and Parro model on the data of cp2015: NAFTA's tariffs, deficits of zero.
#   AUTARKY_PEERS_KITE=CHECKOUT AUTARKY_SHARED=../shared Rscript bench/peers/kite.R
suppressMessages(library(data.table))
suppressMessages(library(cli))
kite <- file.path(Sys.getenv("AUTARKY_PEERS_KITE"), "R")
source(file.path(kite, "helper_functions.R"))
source(file.path(kite, "model_caliendo_parro_2015.R"))
data <- file.path(Sys.getenv("AUTARKY_SHARED"), "data/models/cp2015")
read <- function(name) as.data.frame(fread(file.path(data, paste0(name, ".csv"))))
regions <- read("regions")$region
sectors <- read("sectors")$sector
# Rows into an array with these dimensions, by name.
fill <- function(d, column, ...) {
    dims <- list(...)
    out <- array(0, dim = lengths(dims), dimnames = dims)
    at <- mapply(function(key, names) match(d[[key]], names), names(dims), dims)
    out[at] <- d[[column]]
    out
}
trade <- read("trade")
by_pair <- function(column) fill(trade, column, exporter = regions, importer = regions, sector = sectors)
tariff <- 1 + by_pair("tariff_bln")
spending <- by_pair("value") * (1 + by_pair("tariff"))
final <- fill(read("final_consumption"), "value", sector = sectors, region = regions)
added <- fill(read("value_added"), "value", sector = sectors, region = regions)
links <- fill(read("intermediate_consumption"), "value", input = sectors, sector = sectors, region = regions)
share <- spending
for (s in seq_along(sectors)) {
    column <- colSums(spending[, , s])
    share[, , s] <- if (all(column == 0)) diag(length(regions)) else t(t(spending[, , s]) / column)
}
bought <- apply(links, c(2, 3), sum)
inputs <- links
for (n in regions) inputs[, , n] <- t(t(links[, , n]) / pmax(bought[, n], 1e-300))
theta <- read("theta")
input <- list(trade_share = share, intermediate_share = inputs, factor_share = added / (added + bought),
              consumption_share = t(t(final) / colSums(final)), value_added = colSums(added),
              trade_balance = setNames(0 * colSums(added), regions), tariff = tariff,
              tariff_new = 1 + by_pair("tariff_cfl"),
              trade_elasticity = setNames(1 / theta$value[match(sectors, theta$sector)], sectors))
dims <- list(origin = regions, destination = regions, sector = sectors, country = regions)
for (tolerance in c(1e-4, 1e-8)) {
    settings <- list(verbose = 0L, tolerance = tolerance, max_iterations = 5000, vfactor = 0.1,
                     model_dimensions = dims)
    t <- system.time(r <- caliendo_parro_2015(input, settings))
    cat(sprintf("KITE to %g: %.2f s of one processor; wage of Mexico %.6f\n", tolerance,
                t[["user.self"]], r$wage_change["Mexico"]))
}

# gravity_fixest.R FILE: the regression of gravity_fixest by R's fixest, two threads, its defaults.
suppressMessages(library(fixest))
setFixest_nthreads(2)
file <- commandArgs(TRUE)[1]
data <- if (requireNamespace("data.table", quietly = TRUE)) {
    data.table::fread(file, nThread = 2)
} else {
    read.csv(file)
}
fit <- fepois(trade ~ rta + tariff + sanction | exporter^year + importer^year + exporter^importer,
              data, vcov = "hetero")
cat(sprintf("%s,%.17g\n", names(coef(fit)), coef(fit)), sep = "")

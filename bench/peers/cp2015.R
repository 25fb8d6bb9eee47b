# Time of the R/C++ package cp2015 on its NAFTA: baseline and counterfactual to 1e-7, one thread.
#   AUTARKY_PEERS=LIBRARY Rscript bench/peers/cp2015.R
.libPaths(c(Sys.getenv("AUTARKY_PEERS"), .libPaths()))
suppressMessages(library(cp2015))
data("cp2015_nafta")
for (run in 1:2) {
    t <- system.time(r <- run_cp2015(data = cp2015_nafta, zero_aggregate_deficit = TRUE,
                                     verbose = FALSE, nthreads = 1))
    cat(sprintf("cp2015, two solves to 1e-7: %.3f s of one processor\n", t[["user.self"]]))
}
print(as.data.frame(r$welfare[r$welfare$region %in% c("Canada", "Mexico", "USA"), ]))

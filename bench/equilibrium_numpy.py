#!/usr/bin/env python3
"""Caliendo and Parro (2015) as a plain vectorised numpy fixed point, one thread: the yardstick.

Inner loops on prices and on spending, wages by (demand / supply)^0.5, to 1e-11. Prints seconds per
solve and what anchors 6 and 8 ask for, so that speed is compared at the same answer.

usage: equilibrium_numpy.py DATA_FOLDER
"""
import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import csv
import sys
import time

import numpy as np


def rows(folder, name):
    with open(os.path.join(folder, name), newline="") as file:
        yield from csv.DictReader(file)


def load(folder):
    region = {r["region"]: i for i, r in enumerate(rows(folder, "regions.csv"))}
    sector = {r["sector"]: i for i, r in enumerate(rows(folder, "sectors.csv"))}
    n, s = len(region), len(sector)
    flow, tariff, later = (np.zeros((s, n, n)) for _ in range(3))  # sector, importer, exporter
    for r in rows(folder, "trade.csv"):
        at = sector[r["sector"]], region[r["importer"]], region[r["exporter"]]
        flow[at], tariff[at], later[at] = (float(r[k]) for k in ("value", "tariff", "tariff_cfl"))
    inputs = np.zeros((s, s, n))  # input, sector, region
    for r in rows(folder, "intermediate_consumption.csv"):
        inputs[sector[r["input"]], sector[r["sector"]], region[r["region"]]] = float(r["value"])
    final, added = np.zeros((s, n)), np.zeros((s, n))
    for name, into in (("final_consumption.csv", final), ("value_added.csv", added)):
        for r in rows(folder, name):
            into[sector[r["sector"]], region[r["region"]]] = float(r["value"])
    theta = np.array([float(r["value"]) for r in rows(folder, "theta.csv")])
    gross = flow * (1 + tariff)
    output = added + inputs.sum(0)
    return dict(n=n, s=s, region=region, pi=gross / gross.sum(2, keepdims=True), tariff=tariff,
                later=later, gamma=added / output, link=inputs / output, alpha=final / final.sum(0),
                income=added.sum(0), theta=theta)


def solve(m, tariff, factor, tolerance=1e-11):
    """factor: kappa^-theta of each cell. Deficits are zero. Returns wage, price, income."""
    theta, pi = m["theta"][:, None], m["pi"] * factor
    wage, price = np.ones(m["n"]), np.ones((m["s"], m["n"]))
    spending = m["alpha"] * m["income"] + 1.0  # a sector may be an input only
    keep = 1 / (1 + tariff)
    for _ in range(5000):
        while True:
            cost = np.exp(m["gamma"] * np.log(wage)
                          + np.einsum("kjn,kn->jn", m["link"], np.log(price)))
            sums = np.matmul(pi, (cost ** -theta)[:, :, None])[:, :, 0]
            new = sums ** (-1 / theta)
            gap, price = np.abs(new / price - 1).max(), new
            if gap < tolerance / 10:
                break
        share = pi * (cost ** -theta)[:, None, :] / sums[:, :, None]
        net = share * keep
        paid = 1 - net.sum(2)
        while True:
            revenue = np.matmul(net.transpose(0, 2, 1), spending[:, :, None])[:, :, 0]
            income = wage * m["income"] + (paid * spending).sum(0)
            new = m["alpha"] * income + np.einsum("jkn,kn->jn", m["link"], revenue)
            gap, spending = np.abs(new / spending - 1).max(), new
            if gap < tolerance / 10:
                break
        demand = (m["gamma"] * revenue).sum(0)
        excess = demand / (wage * m["income"])
        if np.abs(excess - 1).max() < tolerance:
            return wage, price, income
        wage = wage * excess ** 0.5
        wage *= m["income"].sum() / (wage * m["income"]).sum()
    raise SystemExit("numpy: not converged")


def main():
    m = load(sys.argv[1])
    none = np.ones_like(m["pi"])
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        before = solve(m, m["tariff"], none)
        seconds.append(time.perf_counter() - began)
    cut = none.copy()
    mexico, usa = m["region"]["Mexico"], m["region"]["USA"]
    cut[:, mexico, usa] = cut[:, usa, mexico] = 0
    after = solve(m, m["tariff"], cut)
    real = [i / np.prod(p ** m["alpha"], 0) for _, p, i in (before, after)]
    loss = 100 * (real[1] / real[0] - 1)
    print(f"{min(seconds):.6f} {loss[mexico]:.4f} {loss[usa]:.4f}")


main()

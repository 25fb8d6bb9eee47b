/** @file autarky.h All of libautarky. */
#ifndef AUTARKY_AUTARKY_H
#define AUTARKY_AUTARKY_H

#include <autarky/base.h>
#include <autarky/breaks.h>
#include <autarky/brief.h>
#include <autarky/chain.h>
#include <autarky/chart.h>
#include <autarky/congestion.h>
#include <autarky/corridor.h>
#include <autarky/claim.h>
#include <autarky/claim_report.h>
#include <autarky/closures.h>
#include <autarky/dataset.h>
#include <autarky/depend.h>
#include <autarky/depend_report.h>
#include <autarky/economy.h>
#include <autarky/equilibrium.h>
#include <autarky/evidence.h>
#include <autarky/facts.h>
#include <autarky/gaps.h>
#include <autarky/gravity.h>
#include <autarky/import.h>
#include <autarky/input.h>
#include <autarky/ranks.h>
#include <autarky/scenario.h>
#include <autarky/mirror.h>
#include <autarky/products.h>
#include <autarky/products_report.h>
#include <autarky/stata.h>
#include <autarky/sweep.h>
#include <autarky/roles.h>
#include <autarky/routemap.h>
#include <autarky/table.h>
#include <autarky/ties.h>
#include <autarky/turns.h>
#include <autarky/turns_report.h>
#include <autarky/world.h>

#endif

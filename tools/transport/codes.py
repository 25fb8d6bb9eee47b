"""Codes and names of economies as the sources spell them."""

# ISO 3166-1 numeric of Natural Earth -> alpha-3 is read from GeoDist; these are not there.
NUMERIC_EXTRA = {
    "250": "FRA", "380": "ITA", "578": "NOR", "756": "CHE", "840": "USA", "056": "BEL",
    "356": "IND", "710": "ZAF", "442": "LUX",
    "688": "SRB", "499": "MNE", "728": "SSD", "642": "ROU", "180": "COD", "626": "TLS",
    "275": "PSE", "531": "CUW", "534": "SXM", "729": "SDN", "807": "MKD", "158": "TWN",
    "438": "LIE", "492": "MCO", "850": "VIR", "316": "GUM", "016": "ASM", "580": "MNP",
    "833": "IMN", "336": "VAT", "732": "ESH", "630": "PRI", "831": "GGY", "832": "JEY",
    "231": "ETH", "276": "DEU", "891": "SRB", "248": "ALA", "010": "ATA",
}
NAME_EXTRA = {"Kosovo": "XKX", "Somaliland": "SOM", "N. Cyprus": "CYP", "Siachen Glacier": "IND",
              "Dhekelia": "CYP", "Akrotiri": "CYP", "Cyprus U.N. Buffer Zone": "CYP",
              "Baikonur": "KAZ"}
GEODIST_RENAMED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB", "TMP": "TLS", "ANT": "CUW",
                   "PAL": "PSE"}

# Main cities that GeoDist has not: (name, lat, lon). Positions: World Factbook, "Capital".
CITY_EXTRA = {
    "MNE": ("Podgorica", 42.43, 19.27), "XKX": ("Pristina", 42.67, 21.17),
    "SSD": ("Juba", 4.85, 31.62), "SXM": ("Philipsburg", 18.02, -63.04),
    "GUM": ("Hagatna", 13.48, 144.75), "ASM": ("Pago Pago", -14.28, -170.70),
    "LIE": ("Vaduz", 47.14, 9.52), "VIR": ("Charlotte Amalie", 18.35, -64.95),
}

# Names in the World Factbook and the World Port Index that GeoDist spells otherwise.
NAME_ALIASES = {
    "Democratic Republic of the Congo": "COD", "DRC": "COD", "Republic of the Congo": "COG",
    "Congo (Brazzaville)": "COG", "Congo (Kinshasa)": "COD", "Burma": "MMR", "Cabo Verde": "CPV",
    "Cote d'Ivoire": "CIV", "Cote D'Ivoire": "CIV", "C&ocirc;te d'Ivoire": "CIV",
    "The Gambia": "GMB", "The Bahamas": "BHS", "Bahamas, The": "BHS", "Gambia, The": "GMB",
    "Eswatini": "SWZ", "Czechia": "CZE", "Czech Republic": "CZE", "North Macedonia": "MKD",
    "Macedonia": "MKD", "Bosnia and Herzegovina": "BIH", "Serbia": "SRB", "Montenegro": "MNE",
    "Kosovo": "XKX", "South Sudan": "SSD", "Russia": "RUS", "Turkey (Turkiye)": "TUR",
    "Turkey": "TUR", "Syria": "SYR", "Iran": "IRN", "North Korea": "PRK", "South Korea": "KOR",
    "Korea, North": "PRK", "Korea, South": "KOR", "Laos": "LAO", "Vietnam": "VNM",
    "Moldova": "MDA", "Brunei": "BRN", "Taiwan": "TWN", "Timor-Leste": "TLS",
    "Papua New Guinea": "PNG", "Holy See (Vatican City)": "VAT", "Hong Kong": "HKG",
    "Macau": "MAC", "West Bank": "PSE", "Gaza Strip": "PSE", "United States": "USA", "US": "USA",
    "United Kingdom": "GBR", "UK": "GBR", "UAE": "ARE", "United Arab Emirates": "ARE",
    "Slovakia": "SVK", "Libya": "LBY", "Tanzania": "TZA", "Venezuela": "VEN", "Bolivia": "BOL",
    "Germany": "DEU", "Central African Republic": "CAF", "none": None, "Dominican Republic": "DOM",
    "Congo": "COG", "Curacao": "CUW", "Sint Maarten": "SXM", "Guam": "GUM",
    "American Samoa": "ASM", "Federated States of Micronesia": "FSM", "Micronesia": "FSM",
    "Falkland Islands (Islas Malvinas)": "FLK", "Faroe Islands": "FRO", "Reunion": "REU",
    "Saint Helena, Ascension, and Tristan da Cunha": "SHN", "Saint Kitts and Nevis": "KNA",
    "Saint Lucia": "LCA", "Saint Pierre and Miquelon": "SPM",
    "Saint Vincent and the Grenadines (Windward Islands)": "VCT", "Sao Tome and Principe": "STP",
    "British Virgin Islands": "VGB", "U.S. Virgin Islands": "VIR", "Cayman Islands": "CYM",
    "Cook Islands": "COK", "Marshall Islands": "MHL", "Northern Mariana Islands": "MNP",
    "Turks and Caicos Islands": "TCA", "Wallis and Futuna": "WLF", "Puerto Rico": "PRI",
    "Guinea-Bissau": "GNB", "Equatorial Guinea": "GNQ", "French Guiana": "GUF",
    "French Polynesia": "PYF", "New Caledonia": "NCL", "Western Sahara": "ESH",
    "Solomon Islands": "SLB", "Antigua and Barbuda": "ATG", "Trinidad and Tobago": "TTO",
    "Christmas Island": "CXR", "Norfolk Island": "NFK", "Samoa": "WSM", "Kyrgyzstan": "KGZ",
    "Sri Lanka": "LKA", "Saudi Arabia": "SAU", "Sierra Leone": "SLE", "South Africa": "ZAF",
    "New Zealand": "NZL", "El Salvador": "SLV", "Costa Rica": "CRI", "Burkina Faso": "BFA",
    "Romania": "ROU", "Belgium": "BEL", "Kazakhstan": "KAZ", "Liechtenstein": "LIE",
    "Luxembourg": "LUX", "Italy": "ITA", "Norway": "NOR", "Switzerland": "CHE", "France": "FRA",
    "Botswana": "BWA", "Lesotho": "LSO", "Afghanistan": "AFG", "Gibraltar": "GIB", "Martinique": "MTQ",
    "Guadeloupe": "GLP", "Yemen": "YEM", "Bermuda": "BMU", "Aruba": "ABW",
}

# Economies whose outline Natural Earth keeps inside France's: lon/lat boxes.
FRANCE_PARTS = {"GUF": (-55, 1, -51, 7), "MTQ": (-62, 14, -60, 15.2), "GLP": (-62.2, 15.5, -60.7, 16.9),
                "REU": (54, -22, 57, -20)}

# Main gauge, mm, where the Factbook's "Railways" names none; from the text of earlier editions.
GAUGE_EXTRA = {
    "RUS": 1520, "EST": 1520, "LVA": 1520, "LTU": 1520, "FIN": 1524, "ESP": 1668, "PRT": 1668,
    "IRL": 1600, "ARM": 1520, "ARG": 1676, "IND": 1676, "DZA": 1435, "ZAF": 1065, "JPN": 1067,
    "TZA": 1000, "HND": 1067, "SSD": 1067, "GEO": 1520, "AFG": 1520, "HKG": 1435,
}
NO_FREIGHT_RAIL = {"ALB", "LBN", "SLV", "GTM", "HND", "KNA", "FJI", "PRY", "CXR", "IMN", "NPL",
                   "SSD", "LIE", "PHL", "ERI", "LBR", "BRN"}

# Land borders without a rail crossing, Europe; elsewhere the pairs that have one are listed.
EUROPE = set("""ALB AUT BEL BGR BIH BLR CHE CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IRL ITA
LTU LUX LVA MDA MKD MNE NLD NOR POL PRT ROU RUS SRB SVK SVN SWE UKR XKX TUR""".split())
NO_RAIL_EUROPE = {("BIH", "MNE"), ("FIN", "NOR"), ("NOR", "RUS"), ("BGR", "MKD"), ("MNE", "XKX")}
RAIL_ELSEWHERE = {tuple(sorted(p.split("-"))) for p in """
CHN-RUS CHN-MNG CHN-KAZ CHN-PRK CHN-VNM CHN-LAO CHN-HKG RUS-KAZ RUS-MNG RUS-AZE RUS-PRK KAZ-UZB
KAZ-KGZ KAZ-TKM UZB-TKM UZB-TJK UZB-AFG TKM-IRN TKM-AFG IRN-TUR IRN-PAK IRN-AFG TUR-GEO TUR-SYR
GEO-ARM GEO-AZE IND-PAK IND-BGD THA-MYS THA-LAO THA-KHM MYS-SGP PRK-KOR IRQ-SYR JOR-SYR MAR-DZA
DZA-TUN KEN-UGA KEN-TZA TZA-ZMB ZMB-COD ZMB-ZWE ZWE-BWA ZWE-ZAF ZWE-MOZ ZAF-BWA ZAF-NAM ZAF-MOZ
ZAF-SWZ SWZ-MOZ MOZ-MWI MWI-ZMB AGO-COD ETH-DJI SEN-MLI BFA-CIV USA-CAN USA-MEX ARG-BOL ARG-CHL
ARG-URY ARG-BRA BRA-BOL BRA-URY BOL-CHL""".split()}
# Borders that no road crosses (Darien, high mountains, forest, a demilitarised line).
NO_ROAD = {tuple(sorted(p.split("-"))) for p in """
COL-PAN AFG-CHN BTN-CHN PRK-RUS GUY-VEN COL-PER BRA-COL BRA-SUR KOR-PRK AFG-IND
CHN-IND EGY-PSE""".split()}

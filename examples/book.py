"""Positions in options as a desk might hold them, made up by a seeded draw: python3 book.py [POSITIONS] > book.csv"""

import random
import sys

draw = random.Random(1973)
print("position,quantity,spot,strike,volatility,years")
for number in range(1, int((sys.argv[1:] or ["200"])[0]) + 1):
    spot = draw.lognormvariate(4.6, 0.3)
    strike = max(5, 5 * round(spot * draw.uniform(0.8, 1.25) / 5))
    quantity = draw.choice((-1, 1)) * 10 * draw.randint(1, 50)
    volatility, years = draw.uniform(0.12, 0.6), draw.randint(5, 500) / 252
    print(f"P{number:06},{quantity},{spot:.2f},{strike},{volatility:.4f},{years:.6f}")

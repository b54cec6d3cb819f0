"""Points at which what the table's rules are differentiated to cancels."""

from __future__ import annotations

PLACES = [
    ("Shi", (1e-8,)),
    ("dilog", (1e-7,)),
    ("elliptic_einc", (1e-7, 0.5)),
    ("elliptic_f", (1.4967840812153534, 0.999999999999)),
    ("elliptic_f", (1e-8, 0.999999)),
    ("elliptic_f", (1.0, 1e-9)),
    ("normpdf", (1.00000000001,)),
    ("normpdf", (-0.9999999999,)),
    ("Ei", (1.00000000001,)),
    ("fresnels", (1.00000000001,)),
    ("fresnels", (3.0000000001,)),
    ("fresnels", (10.04987562112089,)),
    ("fresnels", (-157.1273368332166,)),
    ("fresnelc", (1.4142135623730951,)),
    ("fresnelc", (141.42135623730951,)),
    ("fresnelc", (12345.6789,)),
    ("beta", (1e-5, 300.0)),
    ("beta", (1e5, 0.25)),
    ("atan2", (-0.99999999999, -1.0)),
    ("erfcx", (1e5,)),
    ("hurwitz_zeta", (-1e-8, 1e-5)),
    ("besseli", (1e-12, 1e-12)),
    ("binomial", (1e-12, 40.0)),
    ("elliptic_einc", (1.5, 0.001)),
]

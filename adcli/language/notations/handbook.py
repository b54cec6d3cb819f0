"""How each notation writes the handbook's functions: the table's rows that papers and programs call by other names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from adcli.language.notations.notation import PRODUCT
from adcli.language.notations.spelling import Form
from adcli.ops import TABLE


def called(pairs: str) -> dict[str, str]:
    """ "Abs=abs" says that the operation Abs is called abs; a word alone is called as in adcli."""
    return {name: name_ or name for name, _, name_ in (pair.partition("=") for pair in pairs.split())}


def _prefixed(module: str, pairs: str) -> dict[str, str]:
    return {op: f"{module}.{name}" for op, name in called(pairs).items()}


def _results(calls: str) -> dict[str, Form]:
    """Functions that are one result of several: "sici=Si,Ci" says that Si is sici(x)[0]."""
    found: dict[str, Form] = {}
    for call in calls.split():
        name, _, ops = call.partition("=")
        found |= {op: Form(f"{name}[{place}]") for place, op in enumerate(ops.split(","))}
    return found


def _hypergeometric(before: str, between: str, then: str, behind: str) -> dict[str, Form]:
    """Those of any number of parameters above and below."""
    found = {}
    for name in TABLE:
        if (counts := re.fullmatch(r"hyp(\d)f(\d)", name)) is not None:
            above, below = int(counts[1]), int(counts[2])
            places = [f"#{place + 1}" for place in range(above + below + 1)]
            upper, lower = ", ".join(places[:above]), ", ".join(places[above:-1])
            found[name] = Form(before + upper + between + lower + then + places[-1] + behind)
    return found


CALLS: Mapping[str, Mapping[str, str]] = {
    "sympy": called(
        "erfcinv binomial rf ff lowergamma uppergamma Ei expint li Si Ci Shi Chi fresnels fresnelc zeta"
        " hurwitz_zeta=zeta polylog elliptic_k elliptic_e elliptic_einc=elliptic_e elliptic_f elliptic_pi"
        " elliptic_piinc=elliptic_pi besselj bessely besseli besselk airyai airyaiprime airybi airybiprime legendre"
        " chebyshevt chebyshevu gegenbauer hermite laguerre assoc_laguerre LambertW_branch=LambertW"
    ),
    "python": _prefixed(
        "special",
        "erfcx erfcinv owens_t normcdf=ndtr normppf=ndtri gammainc gammaincc betainc zeta hurwitz_zeta=zeta Ei=expi"
        " E1=exp1 binomial=binom rf=poch elliptic_k=ellipk elliptic_e=ellipe elliptic_einc=ellipeinc"
        " elliptic_f=ellipkinc besselj=jv bessely=yv besseli=iv besselk=kv struveh=struve LambertW_branch=lambertw"
        " hyp0f1 hyp1f1 hyp2f1 legendre=eval_legendre chebyshevt=eval_chebyt chebyshevu=eval_chebyu"
        " gegenbauer=eval_gegenbauer hermite=eval_hermite laguerre=eval_laguerre assoc_laguerre=eval_genlaguerre",
    ),
    "mathematica": called(
        "erfcinv=InverseErfc owens_t=OwenT binomial=Binomial rf=Pochhammer ff=FactorialPower uppergamma=Gamma"
        " gammaincc=GammaRegularized Ei=ExpIntegralEi expint=ExpIntegralE li=LogIntegral Si=SinIntegral Ci=CosIntegral"
        " Shi=SinhIntegral Chi=CoshIntegral fresnels=FresnelS fresnelc=FresnelC zeta=Zeta hurwitz_zeta=HurwitzZeta"
        " polylog=PolyLog elliptic_k=EllipticK elliptic_e=EllipticE elliptic_einc=EllipticE elliptic_f=EllipticF"
        " elliptic_pi=EllipticPi elliptic_piinc=EllipticPi sn=JacobiSN cn=JacobiCN dn=JacobiDN besselj=BesselJ"
        " bessely=BesselY besseli=BesselI besselk=BesselK airyai=AiryAi airyaiprime=AiryAiPrime airybi=AiryBi"
        " airybiprime=AiryBiPrime struveh=StruveH hyp0f1=Hypergeometric0F1 hyp1f1=Hypergeometric1F1"
        " hyp2f1=Hypergeometric2F1 legendre=LegendreP chebyshevt=ChebyshevT chebyshevu=ChebyshevU"
        " gegenbauer=GegenbauerC hermite=HermiteH laguerre=LaguerreL assoc_laguerre=LaguerreL round=Round"
    ),
    "maxima": called(
        "erfcinv=inverse_erfc binomial rf=pochhammer lowergamma=gamma_incomplete_lower uppergamma=gamma_incomplete"
        " gammaincc=gamma_incomplete_regularized betainc=beta_incomplete_regularized Ei=expintegral_ei"
        " E1=expintegral_e1 expint=expintegral_e li=expintegral_li Si=expintegral_si Ci=expintegral_ci"
        " Shi=expintegral_shi Chi=expintegral_chi fresnels=fresnel_s fresnelc=fresnel_c zeta elliptic_k=elliptic_kc"
        " elliptic_e=elliptic_ec elliptic_einc=elliptic_e elliptic_f elliptic_piinc=elliptic_pi sn=jacobi_sn"
        " cn=jacobi_cn dn=jacobi_dn besselj=bessel_j bessely=bessel_y besseli=bessel_i besselk=bessel_k airyai=airy_ai"
        " airyaiprime=airy_dai airybi=airy_bi airybiprime=airy_dbi struveh=struve_h legendre=legendre_p"
        " chebyshevt=chebyshev_t chebyshevu=chebyshev_u gegenbauer=ultraspherical hermite laguerre"
        " assoc_laguerre=gen_laguerre round"
    ),
    "julia": called(
        "round erfcx erfcinv uppergamma=gamma Ei=expinti E1=expint expint Si=sinint Ci=cosint zeta hurwitz_zeta=zeta"
        " elliptic_k=ellipk elliptic_e=ellipe besselj bessely besseli besselk airyai airyaiprime airybi airybiprime"
    ),
    "matlab": called(
        "erfi erfcx erfcinv uppergamma=igamma Ei=ei E1=expint expint li=logint Si=sinint Ci=cosint Shi=sinhint"
        " Chi=coshint fresnels fresnelc zeta hurwitz_zeta=hurwitzZeta polylog elliptic_k=ellipticK elliptic_e=ellipticE"
        " elliptic_einc=ellipticE elliptic_f=ellipticF elliptic_pi=ellipticPi elliptic_piinc=ellipticPi sn=jacobiSN"
        " cn=jacobiCN dn=jacobiDN besselj bessely besseli besselk legendre=legendreP chebyshevt=chebyshevT"
        " chebyshevu=chebyshevU gegenbauer=gegenbauerC hermite=hermiteH laguerre=laguerreL assoc_laguerre=laguerreL"
        " binomial=nchoosek rf=pochhammer hyp1f1=hypergeom"
    ),
}
"""Functions with the arguments of adcli's."""

FORMS: Mapping[str, Mapping[str, Form]] = {
    "sympy": {
        "E1": Form("expint(1, #1)"),
        "gammainc": Form("lowergamma(#1, #2)/gamma(#1)", PRODUCT),
        "gammaincc": Form("uppergamma(#1, #2)/gamma(#1)", PRODUCT),
        "betainc": Form("betainc_regularized(#1, #2, 0, #3)"),
        "dilog": Form("polylog(2, #1)"),
        **_hypergeometric("hyper([", "], [", "], ", ")"),
    },
    "python": {
        "round": Form("round(#1)"),
        "lowergamma": Form("special.gammainc(#1, #2)*special.gamma(#1)", PRODUCT),
        "uppergamma": Form("special.gammaincc(#1, #2)*special.gamma(#1)", PRODUCT),
        "li": Form("special.expi(math.log(#1))"),
        "dilog": Form("special.spence(1 - #1)", needs=(PRODUCT,)),
        **_results(
            "special.sici(#1)=Si,Ci special.shichi(#1)=Shi,Chi special.fresnel(#1)=fresnels,fresnelc"
            " special.airy(#1)=airyai,airyaiprime,airybi,airybiprime"
        ),
        **{op: Form(f"special.ellipj(#1, #2)[{place}]") for place, op in enumerate(("sn", "cn", "dn"))},
    },
    "mathematica": {
        **{
            op: written
            for op, written in _hypergeometric("HypergeometricPFQ[{", "}, {", "}, ", "]").items()
            if op not in CALLS["mathematica"]
        },
        "lowergamma": Form("Gamma[#1, 0, #2]"),
        "gammainc": Form("GammaRegularized[#1, 0, #2]"),
        "betainc": Form("BetaRegularized[#3, #1, #2]"),
        "E1": Form("ExpIntegralE[1, #1]"),
        "dilog": Form("PolyLog[2, #1]"),
        "normcdf": Form("Erfc[-(#1)/Sqrt[2]]/2", PRODUCT),
        "LambertW_branch": Form("ProductLog[#2, #1]"),
    },
    "maxima": {
        "gammainc": Form("gamma_incomplete_lower(#1, #2)/gamma(#1)", PRODUCT),
        "elliptic_pi": Form("elliptic_pi(#1, %pi/2, #2)"),
        "polylog": Form("li[#1](#2)"),
        "dilog": Form("li[2](#1)"),
        "normcdf": Form("erfc(-(#1)/sqrt(2))/2", PRODUCT),
        **_hypergeometric("hypergeometric([", "], [", "], ", ")"),
        "LambertW_branch": Form("generalized_lambert_w(#2, #1)"),
    },
    "julia": {
        "gammainc": Form("gamma_inc(#1, #2)[1]"),
        "gammaincc": Form("gamma_inc(#1, #2)[2]"),
        "lowergamma": Form("gamma(#1)*gamma_inc(#1, #2)[1]", PRODUCT),
        "betainc": Form("beta_inc(#1, #2, #3)[1]"),
        "li": Form("expinti(log(#1))"),
        "normcdf": Form("erfc(-(#1)/sqrt(2))/2", PRODUCT),
    },
    "matlab": {
        "gammainc": Form("gammainc(#2, #1)"),
        "gammaincc": Form("gammainc(#2, #1, 'upper')"),
        "lowergamma": Form("gamma(#1)*gammainc(#2, #1)", PRODUCT),
        "betainc": Form("betainc(#3, #1, #2)"),
        "dilog": Form("polylog(2, #1)"),
        "normcdf": Form("erfc(-(#1)/sqrt(2))/2", PRODUCT),
        "LambertW_branch": Form("lambertw(#2, #1)"),
        **{op: Form(f"airy({kind}, #1)") for kind, op in enumerate(("airyai", "airyaiprime", "airybi", "airybiprime"))},
    },
    "excel": {
        "gammainc": Form("GAMMA.DIST(#2, #1, 1, TRUE)"),
        "betainc": Form("BETA.DIST(#3, #1, #2, TRUE)"),
        "normcdf": Form("NORM.S.DIST(#1, TRUE)"),
        "normpdf": Form("NORM.S.DIST(#1, FALSE)"),
        "normppf": Form("NORM.S.INV(#1)"),
    },
}
"""Functions that are written otherwise."""

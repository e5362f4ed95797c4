"""The names that synthesisers and lexicons give to sounds, reduced to the classes of `articulation.py`.

That module and the sounds of IPA are the engine's.

A name can stand for two classes in a row (a diphthong): then the first takes 60 % of its time.
"""

from collections.abc import Callable, Mapping

from visavis.engine.speech.ipa import SHORT, Parts


def _table(spelling: str) -> dict[str, Parts]:
    """Read lines such as `P: p b m` or `A+I: ay` into name -> classes."""
    table: dict[str, Parts] = {}
    for line in spelling.strip().splitlines():
        short, names = line.split(":", 1)
        parts = tuple(SHORT[part] for part in short.strip().split("+"))
        table.update(dict.fromkeys(names.split(), parts))
    return table


ARPABET = _table("""
    _: pau h# sil sp ssil brth # _ +spn+ +nsn+ <sil>
    P: p b m em
    F: f v
    TH: th dh
    T: t d dx
    K: k g ng q
    SH: ch jh sh zh
    S: s z
    N: n l en el nx
    R: r er axr
    A: aa ah
    AE: ae
    E: eh
    @: ax ax-h
    I: iy ih ix y
    O: ao
    U: uw uh ux w
    H: hh hv
    A+I: ay
    A+U: aw
    E+I: ey
    O+I: oy
    O+U: ow
""")

ITALIAN = _table("""
    _: # pau _
    P: p b m pp bb mm
    F: f v ff vv nf
    T: t d tt dd
    K: k g ng kk gg
    SH: tS dZ S SS ch ts1 dz1 ttS ddZ
    S: s z ts dz ss tts ddz
    N: n l J L nn ll LL JJ
    R: r rr
    A: a a1
    E: e E e1 E1
    I: i i1 j
    O: o O o1 O1
    U: u u1 w
""")

FINNISH = _table("""
    _: # pau _
    P: p b m
    F: f v
    T: t d
    K: k g N ?
    SH: S Z tS
    S: s z
    N: n l
    R: r
    A: a
    AE: @ ae {
    E: e
    I: i j
    O: o 7 oe
    U: u y w
    H: h
""")

CZECH = _table("""
    _: # ## pau _
    P: p b m
    F: f v m*
    T: t d
    K: k g x n* ch t~ d~
    S: s z c dz
    SH: s~ z~ c~ dz~ r~ r~*
    N: n l n~
    R: r
    A: a a:
    E: e e:
    I: i i: j
    O: o o:
    U: u u:
    A+U: au
    E+U: eu
    O+U: ou
    H: h
""")

CATALAN = _table("""
    _: # pau _
    P: p b m B
    F: f v M
    T: t d D
    K: k g G N x
    SH: S Z tS dZ ts_ sh zh ch jh tx
    S: s z ts dz
    N: n l J L
    R: r rr
    A: a a1 aa
    @: ax ax1
    E: e E e1 E1
    I: i i1 j y
    O: o O o1 O1
    U: u u1 w uw
""")

# Hindi and Telugu of one speaker share most names; final aspirates and retroflexes are folded in.
INDIC = _table("""
    _: # pau _
    P: p ph b bh m
    F: f v
    T: t th d dh tx txh dx dxh dr drh td tth ddh t: d: T D tt dd rx rxh
    K: k kh g gh ng q x nG nN
    SH: c ch j jh sh shh s1 sx chh cch jjh ksh
    S: s z
    N: n nx l lx ny nj nd L N nh lh ll
    R: r rr rra sri
    A: aa aa~ A aan
    @: a ax @ a~ an
    AE: ae
    E: e ee eh e~ ei ee~ en
    I: i ii ih iy y i~ ii~ in
    O: o oo oh ao o~ oo~ on
    U: u uu uh w u~ uu~ un
    A+I: ay ai ay~
    A+U: aw au aw~
    H: h
""")

RUSSIAN = _table("""
    _: # pau _
    P: p pp b bb m mm
    F: f ff v vv
    T: t tt d dd
    K: k kk g gg h hh
    S: s ss z zz c
    SH: sh sch zh ch
    N: n nn l ll
    R: r rr
    A: aa a
    @: ae ay
    E: ee e
    I: ii i yy y j
    O: oo
    U: uu u ur
""")


def lookup(
    table: Mapping[str, Parts], *, strip: str = "", lower: bool = False
) -> Callable[[str], Parts | None]:
    """A function from a name to its classes, after cutting length or stress marks from its end."""

    def find(name: str) -> Parts | None:
        bare = name.lower() if lower else name
        return table.get(bare) or table.get(bare.rstrip(strip) if strip else bare)

    return find

"""Words of ratings and dates, in the languages whose exports name them."""

from __future__ import annotations

_NUMBERS = "zero one two three four five six seven eight nine ten"
NUMBERS = {word: number for number, word in enumerate(_NUMBERS.split())}

_UNITS = """
star stars bubble bubbles point points
stern sterne sternen punkt punkte punkten
étoile étoiles etoile etoiles
estrella estrellas estrela estrelas
stella stelle ster sterren
stjerne stjerner stjärna stjärnor tähti tähteä
gwiazdka gwiazdki gwiazdek hvězda hvězdy hvězdiček
звезда звезды звёзд звезд yildiz y\u0131ld\u0131z
★ ⭐ 星
"""
UNITS = frozenset(_UNITS.split())
OUT_OF = "/|out of|of|de|von|sur|su|di|da|av|af|van|z|ze|iz|od|aus|из"
"""Between a rating and the best one, as a regular expression."""

_MONTHS = """
january janeiro enero januar januari janvier gennaio jan jän ene gen jänner styczeń stycznia январь января ocak
february fevereiro febrero februar februari février febbraio feb fév févr fev luty lutego февраль февраля şubat
march março marzo märz maart mars mar mrz mär mrt marzec marca март марта mart
april abril avril aprile apr avr abr kwiecień kwietnia апрель апреля nisan
may maio mayo mai mei maggio mag maj maja май мая may\u0131s
june junho junio juni juin giugno jun giu czerwiec czerwca июнь июня haziran
july julho julio juli juillet luglio jul juil lug lipiec lipca июль июля temmuz
august agosto augustus août aug ago aoû sierpień sierpnia август августа ağustos
september setembro septiembre septembre settembre sep sept set wrzesień września сентябрь сентября eylül
october outubro octubre oktober octobre ottobre oct okt out ott październik października октябрь октября ekim
november novembro noviembre novembre nov ноябрь ноября kas\u0131m
december dezembro diciembre dezember décembre dicembre dec dez dic déc grudzień grudnia декабрь декабря aral\u0131k
"""
MONTHS = {word: number for number, words in enumerate(_MONTHS.split("\n")[1:-1], start=1) for word in words.split()}
"""Names of months, in small letters and without a point, and their numbers: no name means two months (Polish's listopad is Croatian's October)."""

ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}  # fmt: skip
"""Names of zones that RFC 2822 defines, in hours; others mean several."""

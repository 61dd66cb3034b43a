"""Made-up people's names, by country; no real person is meant."""

FIRST_NAMES = {
    "FI": "Aino Eero Helmi Ilmari Kaisa Lauri Leena Mikko Noora Olli Päivi Riikka Sanna Tapio "
    "Tuomas Veera Väinö Ylva Anni Jussi Marja Petri",
    "SE": "Astrid Elin Gustav Hanna Johan Karin Lars Maja Nils Åsa",
    "DE": "Anke Dieter Frieda Jonas Katrin Lukas Sabine Uwe",
    "": "Alice Ben Chloe Daniel Emma Frank Grace Harry Isla Jack Katie Liam Nora Oscar Ruby Tom",
}

LAST_NAMES = {
    "FI": "Aaltonen Hakala Heikkinen Järvinen Kallio Koskela Laine Lehtonen Mäkinen Niemi Nurmi "
    "Ojala Peltola Rantanen Salonen Saarinen Toivonen Virtanen Yli-Äijö",
    "SE": "Andersson Berglund Dahl Ekström Lindqvist Nyström Sjöberg Åkerman",
    "DE": "Bergmann Fuchs Hoffmann Köhler Müller Schäfer Vogt Weiß",
    "": "Archer Bennett Clarke Davies Ellis Foster Gibson Hughes Irwin Knight Morgan O'Neill "
    "Palmer Reed Shaw Turner Walsh Young",
}

_ASCII = str.maketrans(
    {"ä": "a", "ö": "o", "å": "a", "ü": "u", "ß": "ss", "'": "", "-": "", " ": ""}
)
FIRST_NAMES_BY_COUNTRY = {country: names.split() for country, names in FIRST_NAMES.items()}
LAST_NAMES_BY_COUNTRY = {country: names.split() for country, names in LAST_NAMES.items()}


def first_names(country: str) -> list[str]:
    """List first names that are usual there."""
    return FIRST_NAMES_BY_COUNTRY.get(country, FIRST_NAMES_BY_COUNTRY[""])


def last_names(country: str) -> list[str]:
    """List last names that are usual there."""
    return LAST_NAMES_BY_COUNTRY.get(country, LAST_NAMES_BY_COUNTRY[""])


def email_of(first_name: str, last_name: str, tag: str, domain: str) -> str:
    """Make an address of a name; the tag keeps namesakes apart."""
    return f"{_plain(first_name)}.{_plain(last_name)}.{tag}@{domain}"


def _plain(name: str) -> str:
    return name.lower().translate(_ASCII)

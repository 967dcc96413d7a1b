"""The stars that pseudonyms are called after; a number follows. Nobody else may be called so."""

# Three digits each: 45,000 names in a project.
STARS = (
    *("Achernar", "Acrux", "Adhara", "Albireo", "Alcor", "Aldebaran", "Algol", "Alkaid", "Almach", "Alphard"),
    *("Altair", "Antares", "Arcturus", "Atria", "Avior", "Bellatrix", "Canopus", "Capella", "Caph", "Castor"),
    *("Deneb", "Denebola", "Diphda", "Dubhe", "Elnath", "Electra", "Fomalhaut", "Gacrux", "Hadar", "Hamal"),
    *("Kochab", "Maia", "Markab", "Merak", "Mimosa", "Mintaka", "Mira", "Mirach", "Mizar", "Polaris"),
    *("Pollux", "Procyon", "Regulus", "Rigel", "Sadr", "Saiph", "Schedar", "Shaula", "Sirius", "Vega"),
)

"""Names and goods that made-up requests are drawn from."""


def words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = words("""
Ada Aisha Alba Alex Amara Amir Ana Andrei Anika Ann Anton Aoife Arjun Asa Astrid Beatriz Ben
Bianca Bo Bruno Camila Carlos Carmen Cara Chen Chloe Clara Cyrus Dana Daniel Darius Diego Dina
Dylan Edith Elena Eli Elif Emil Emma Enzo Erik Esther Eva Farah Felix Fiona Finn Gabriel Gita
Grace Greta Hana Hassan Helen Hugo Ida Imran Ines Ingrid Irene Isaac Ivan Jack Jade James Jana
Jasper Joan Jonas José Julia Kai Karen Kenji Kim Lara Leo Liam Lin Lina Louis Lucia Luka Mara
Marco Maria Mateo Maya Mei Mila Mina Mohamed Nadia Naomi Nina Noah Nora Olga Omar Oscar Paula
Pedro Petra Quinn Rafael Rania Rosa Ruth Sam Sana Sara Selma Simon Sofia Stella Tariq Theo Tomas
Uma Vera Victor Wanda Xin Yara Yusuf Zoe
""")

STEMS = words("""
Ash Bar Beck Ber Birch Black Blom Bor Brad Bren Bright Brook Bur Cal Car Chen Clay Cole Cot Cran
Crom Dal Dar Den Dor Drum Dun East El Fair Fal Fern Field Fin Ford Gar Gil Gold Gran Green Hal
Ham Har Hart Hay Hill Hol Hor Kel Ken Kil King Lam Lang Law Lin Lock Long Mar Mead Mer Mil Mor
Nash New Nor Oak Pem Quin Rad Ray Red Ros Row Sand Sel Sher Sil Stan Ster Stone Strat Sut Tal
Thorn Til Tor Under Wal War Wel West Whit Wil Win Wood Yar York
""")

ENDINGS = words("""
berg bury by combe dale den field ford ham ley man well
""")
SURNAMES = [stem + ending for stem in STEMS for ending in ENDINGS]

GOODS = words("""
Linen_shirt Silk_scarf Denim_jacket Running_shoes Wool_sweater Phone_case Desk_lamp Water_bottle
Yoga_mat Face_serum Lip_balm Hair_dryer Backpack Rain_coat Cotton_socks Leather_belt Sun_hat
Summer_dress Cargo_trousers Fleece_blanket Ceramic_mug Knife_set Air_fryer Toy_train Puzzle
Wireless_earbuds Smart_watch Ring_light Garden_gloves Dog_bed
""")

# Two-letter country, currency, how many of a hundred requests come from there.
COUNTRIES = [
    ("US", "USD", 58),
    ("GB", "GBP", 18),
    ("DE", "EUR", 7),
    ("FR", "EUR", 5),
    ("ES", "EUR", 4),
    ("IT", "EUR", 3),
    ("MX", "MXN", 2),
    ("SG", "SGD", 1),
    ("JP", "JPY", 1),
    ("IE", "EUR", 1),
]

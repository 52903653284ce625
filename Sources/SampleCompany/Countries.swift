extension Country {
    /// Where the company delivers, home market first.
    static let all: [Country] = [
        germany, sweden, norway, unitedKingdom, austria, france, netherlands, poland, finland, unitedStates,
    ]

    static func coded(_ code: String) -> Country { all.first { $0.code == code } ?? germany }

    private static let germany = Country(
        code: "DE",
        language: "de",
        currency: "EUR",
        weight: 24,
        firstNames: ["Lena", "Jonas", "Frieda", "Emil", "Marlene", "Till", "Käthe", "Henrik", "Svea", "Ole"],
        surnames: germanSurnames,
        streets: ["Dünenweg", "Am Leuchtturm", "Möwengasse", "Deichstraße", "Alter Speicher"],
        cities: [
            City("Hamburg", "20099", 53_550_341, 10_000_654), City("Kiel", "24103", 54_323_334, 10_123_444),
            City("Dresden", "01067", 51_050_409, 13_737_262), City("Ulm", "89073", 48_401_082, 9_987_608),
            City("Berlin", "10115", 52_520_008, 13_404_954),
        ]
    )

    private static let austria = Country(
        code: "AT",
        language: "de",
        currency: "EUR",
        weight: 9,
        firstNames: [
            "Valentina", "Xaver", "Leonie", "Korbinian", "Antonia", "Vinzenz", "Magdalena", "Severin",
        ],
        surnames: germanSurnames,
        streets: ["Gletschergasse", "Almweg", "Enzianplatz", "Steinbockstraße"],
        cities: [
            City("Graz", "8010", 47_070_714, 15_439_504), City("Wien", "1010", 48_208_174, 16_373_819),
            City("Innsbruck", "6020", 47_269_212, 11_404_102), City("Bregenz", "6900", 47_503_042, 9_747_067),
        ]
    )

    private static let germanSurnames = (
        ["Silber", "Moor", "Hagel", "Dünen", "Birken", "Kiesel", "Nebel", "Wolken", "Falken", "Distel"],
        ["brandt", "hoff", "weiler", "kamp", "rieder", "garten", "sprung", "klee"]
    )

    private static let sweden = Country(
        code: "SE",
        language: "sv",
        currency: "SEK",
        weight: 14,
        firstNames: ["Alva", "Nils", "Ebba", "Måns", "Tuva", "Sixten", "Åsa", "Björn", "Signe", "Folke"],
        surnames: (
            ["Norr", "Sjö", "Granit", "Sten", "Vinter", "Ljung", "Älv", "Myr"],
            ["strömmer", "hjelmar", "quister", "gårda", "dalén", "fors"]
        ),
        streets: ["Fyrvägen", "Älggatan", "Norrskensstigen", "Lingonbacken"],
        cities: [
            City("Göteborg", "411 03", 57_708_870, 11_974_560),
            City("Lund", "222 22", 55_704_660, 13_191_007),
            City("Kiruna", "981 30", 67_855_800, 20_225_282), City("Umeå", "903 26", 63_825_847, 20_263_035),
        ]
    )

    private static let norway = Country(
        code: "NO",
        language: "nb",
        currency: "NOK",
        weight: 12,
        firstNames: ["Ingrid", "Lars", "Solveig", "Sondre", "Øydis", "Eirik", "Ragnhild", "Håkon", "Tiril"],
        surnames: (
            ["Fjell", "Hav", "Bjørke", "Snø", "Tinde", "Lyng", "Skodde", "Rype"],
            ["haugen", "viken", "dalsmo", "bakkeli", "nesvold", "strømme"]
        ),
        streets: ["Fyrveien", "Multestien", "Bryggekaia", "Vardesvingen"],
        cities: [
            City("Bergen", "5003", 60_391_263, 5_322_054), City("Oslo", "0150", 59_913_868, 10_752_245),
            City("Å", "8392", 67_879_900, 12_979_600), City("Tromsø", "9008", 69_649_208, 18_955_324),
        ]
    )

    private static let unitedKingdom = Country(
        code: "GB",
        language: "en",
        currency: "GBP",
        weight: 10,
        firstNames: ["Isla", "Rowan", "Maisie", "Callum", "Bronwen", "Finlay", "Orla", "Tamsin", "Hamish"],
        surnames: englishSurnames,
        streets: ["Lantern Row", "Puffin Lane", "Old Harbour Road", "Gorse Hill"],
        cities: [
            City("Edinburgh", "EH1 1YZ", 55_953_251, -3_188_267),
            City("Whitby", "YO21 3PU", 54_486_335, -0_613_347),
            City("Bath", "BA1 1LZ", 51_375_801, -2_359_904),
            City("Cardiff", "CF10 1EP", 51_481_583, -3_179_090),
        ]
    )

    private static let unitedStates = Country(
        code: "US",
        language: "en",
        currency: "USD",
        weight: 4,
        firstNames: ["Harper", "Wyatt", "Juniper", "Colton", "Marisol", "Dakota", "Imani"],
        surnames: englishSurnames,
        streets: ["Switchback Trail", "Larch Street", "Mesa View Drive"],
        cities: [
            City("Boulder", "80302", 40_014_986, -105_270_546),
            City("Bend", "97701", 44_058_173, -121_315_308),
            City("Salem", "01970", 42_519_540, -70_896_716),
        ]
    )

    private static let englishSurnames = (
        ["Hazel", "Fern", "Storm", "Thistle", "Wren", "Heather", "Plover", "Bracken"],
        ["combe", "merrow", "worthen", "havenby", "ridgely", "thwaite"]
    )

    private static let france = Country(
        code: "FR",
        language: "fr",
        currency: "EUR",
        weight: 9,
        firstNames: ["Élodie", "Gaspard", "Maëlle", "Loïc", "Anaïs", "Théo", "Capucine", "Noé"],
        surnames: (
            ["Beau", "Clair", "Haute", "Fonte", "Mont", "Roche", "Brise"],
            ["rivage", "vallon", "bruyère", "sapinière", "lunel", "grève"]
        ),
        streets: ["rue des Embruns", "quai aux Sardines", "chemin du Phare", "allée des Mélèzes"],
        cities: [
            City("Brest", "29200", 48_390_394, -4_486_076), City("Annecy", "74000", 45_899_247, 6_129_384),
            City("Ajaccio", "20000", 41_919_229, 8_738_635),
            City("Bourg-en-Bresse", "01000", 46_205_167, 5_225_501),
        ]
    )

    private static let netherlands = Country(
        code: "NL",
        language: "nl",
        currency: "EUR",
        weight: 6,
        firstNames: ["Fleur", "Daan", "Sanne", "Bram", "Jip", "Anouk", "Teun", "Lieke"],
        surnames: (
            ["van der Duin", "van der Wolken", "de Veen", "ter Riet", "van den Kiel"],
            ["steen", "hoven", "kade", "marsch", "zicht"]
        ),
        streets: ["Zeedijk", "Molenpad", "Schelpenstraat", "Waddenlaan"],
        cities: [
            City("Groningen", "9711 LM", 53_219_383, 6_566_502),
            City("Den Helder", "1781 AA", 52_956_280, 4_760_797),
            City("Ede", "6711 AA", 52_039_996, 5_665_400),
        ]
    )

    private static let poland = Country(
        code: "PL",
        language: "pl",
        currency: "PLN",
        weight: 6,
        firstNames: ["Zofia", "Łukasz", "Hanna", "Kacper", "Małgosia", "Stanisław", "Żaneta", "Witold"],
        surnames: (
            ["Jesion", "Wichr", "Śnież", "Sokol", "Mglin", "Wrzos"],
            ["owiecki", "ewandra", "iczyn", "owar", "yński"]
        ),
        streets: ["ul. Bursztynowa", "ul. Morska", "ul. Latarników", "ul. Żaglowa"],
        cities: [
            City("Gdańsk", "80-831", 54_352_024, 18_646_639), City("Łódź", "90-001", 51_759_247, 19_455_982),
            City("Zakopane", "34-500", 49_299_181, 19_949_562),
            City("Warszawa", "00-001", 52_229_675, 21_012_230),
        ]
    )

    private static let finland = Country(
        code: "FI",
        language: "fi",
        currency: "EUR",
        weight: 6,
        firstNames: ["Aino", "Väinö", "Helmi", "Eero", "Pihla", "Onni", "Kerttu"],
        surnames: (
            ["Kivi", "Järven", "Koivu", "Talvi", "Lumi", "Suo", "Halla"],
            ["rantala", "vaarala", "lehtola", "salmela", "niemelä"]
        ),
        streets: ["Majakkatie", "Revontulentie", "Satamakatu", "Hillapolku"],
        cities: [
            City("Turku", "20100", 60_451_810, 22_266_630), City("Inari", "99870", 68_905_920, 27_028_720),
            City("Helsinki", "00100", 60_169_857, 24_938_379),
        ]
    )
}

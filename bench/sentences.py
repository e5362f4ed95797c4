"""Sentences for benches, spoken by synthesizers."""

# In six languages, rich in sounds that show: pressed lips, lips at teeth, rounding.
SENTENCES = {
    "en-us": "Peter brought a big map of the moon. Five brave foxes move above the foamy river. Bob and Mum "
    "may open every box of apples before we go home to our warm room. Follow me up to the old farm, "
    "please.",
    "de": "Papa und Mama fahren am Abend mit dem Bus. Viele Affen fressen faule Pflaumen. Mein Bruder baut "
    "am Ufer ein blaues Boot. Wo wohnt die Frau mit dem großen Apfelbaum? Bitte komm bald wieder.",
    "fr": "Papa a vu un beau bateau vert. Ma femme prépare une bonne soupe aux pommes. Nous voulons vivre "
    "au bord du fleuve. Bruno et Fabien vont partout avec beaucoup de bagages. Pourquoi pas?",
    "es": "Mi mamá prepara una sopa muy buena. Pablo y Beatriz van al pueblo con su abuelo. Vamos a buscar "
    "un barco blanco. Por favor, abre la puerta. Mi familia vive muy bien aquí, fuera del pueblo.",
    "it": "Il bambino vuole un pomodoro. Mamma prepara una buona zuppa di fave. Beppe e Fabio vanno in "
    "barca fuori dal porto. Una volpe bianca beve al fiume. Buonasera, vuoi un po' di uva?",
    "pl": "Moja mama bardzo lubi białe kwiaty. Babcia piecze pyszne bułki z makiem. Paweł i Ewa wolą "
    "popłynąć małym okrętem. Proszę, podaj mi wodę. Wołam brata, a potem obaj wracamy do domu.",
}

# What people ask an avatar. No numbers: they can be written in several ways.
UTTERANCES = {
    "en": (
        "What are your opening hours on Sunday?",
        "Hello, could you tell me where I can park my car?",
        "I would like to cancel my order, because the shoes are too small.",
        "Does the price include breakfast and a towel for the swimming pool?",
        "My brother wants to know whether the museum is closed in winter.",
        "Please send the invoice to my new address.",
    ),
    "de": (
        "Wann haben Sie am Sonntag geöffnet?",
        "Guten Tag, können Sie mir sagen, wo ich mein Auto parken kann?",
        "Ich möchte meine Bestellung stornieren, weil die Schuhe zu klein sind.",
        "Ist das Frühstück im Preis enthalten?",
        "Mein Bruder will wissen, ob das Museum im Winter geschlossen ist.",
        "Bitte schicken Sie die Rechnung an meine neue Adresse.",
    ),
    "es": (
        "¿A qué hora abren ustedes el domingo?",
        "Buenos días, ¿me puede decir dónde puedo aparcar mi coche?",
        "Quiero cancelar mi pedido porque los zapatos son demasiado pequeños.",
        "¿El desayuno está incluido en el precio?",
        "Mi hermano quiere saber si el museo está cerrado en invierno.",
        "Por favor, envíe la factura a mi nueva dirección.",
    ),
    "fr": (
        "Bonjour, pouvez-vous me dire où je peux garer ma voiture?",
        "Mon frère veut savoir si le musée est fermé en hiver.",
        "Je voudrais annuler ma commande, parce que les chaussures sont trop petites.",
        "Le petit déjeuner est-il compris dans le prix?",
    ),
    "it": (
        "Buongiorno, può dirmi dove posso parcheggiare la macchina?",
        "Mio fratello vuole sapere se il museo è chiuso in inverno.",
        "Vorrei annullare il mio ordine, perché le scarpe sono troppo piccole.",
        "La colazione è compresa nel prezzo?",
    ),
    "pt": (
        "Bom dia, pode me dizer onde posso estacionar o meu carro?",
        "Meu irmão quer saber se o museu está fechado no inverno.",
        "Quero cancelar o meu pedido, porque os sapatos são muito pequenos.",
        "O café da manhã está incluído no preço?",
    ),
}

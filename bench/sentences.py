"""Sentences in six languages, rich in sounds that show: pressed lips, lips at teeth, rounding."""

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

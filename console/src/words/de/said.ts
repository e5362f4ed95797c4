/** Was der Server auf Englisch über Fotos, Ton und Dokumente sagt: Muster, und der Satz dafür. */
import type { Words } from "../index.ts";

const CHOOSE_AUDIO = "Verwenden Sie WAV, MP3, M4A, OGG oder FLAC.";
const CHOOSE_PHOTO = "Verwenden Sie ein Bild im Format PNG, JPEG oder WebP.";

export const said: Words["said"] = [
  // Hinweise zu Fotos, die verwendet werden können.
  [
    /^The photo does not stand upright; it was turned a quarter turn to the left\.$/,
    "Das Foto steht nicht aufrecht. Es wurde um eine Vierteldrehung nach links gedreht.",
  ],
  [
    /^The photo does not stand upright; it was turned a quarter turn to the right\.$/,
    "Das Foto steht nicht aufrecht. Es wurde um eine Vierteldrehung nach rechts gedreht.",
  ],
  [
    /^The photo does not stand upright; it was turned upside down\.$/,
    "Das Foto stand auf dem Kopf. Es wurde gedreht.",
  ],
  [
    /^The face is small: the eyes are (\d+) pixels apart\. The video is sharp from (\d+) pixels on\.$/,
    "Das Gesicht ist klein: Die Augen sind $1 Pixel voneinander entfernt. Ab $2 Pixeln ist das Video scharf.",
  ],
  [
    /^The photo shows (\d+) faces\. The largest one is used\.$/,
    "Das Foto zeigt $1 Gesichter. Verwendet wird das größte.",
  ],
  [
    /^The mouth may be covered: the colour below the nose differs from the cheeks\.$/,
    "Vielleicht ist der Mund verdeckt: Unter der Nase ist die Farbe anders als auf den Wangen.",
  ],
  [
    /^The mouth is open in the photo\. A photo with the mouth closed gives better lips\.$/,
    "Auf dem Foto ist der Mund offen. Mit geschlossenem Mund werden die Lippen besser.",
  ],
  [
    /^The eyes are closed in the photo, and stay closed\. A photo with open eyes looks more alive\.$/,
    "Auf dem Foto sind die Augen geschlossen, und sie bleiben es. Mit offenen Augen wirkt es lebendiger.",
  ],
  [
    /^The face does not have the shape of a person's\. The result may look odd\.$/,
    "Das Gesicht hat nicht die Form eines menschlichen. Das Ergebnis kann seltsam aussehen.",
  ],
  [
    /^The face does not look like a person's skin \(its lips have the colour of what is around them\)\. The result may look odd\.$/,
    "Das Gesicht sieht nicht nach Haut aus: Seine Lippen haben die Farbe der Umgebung. Das Ergebnis kann seltsam aussehen.",
  ],

  // Hinweise zu Ton und Untertiteln.
  [
    /^The audio ends (\d+) s before the duration that its file states\.$/,
    "Der Ton endet $1 s vor der Dauer, die seine Datei angibt.",
  ],
  [
    /^Parts of the audio are damaged and were left out\.$/,
    "Teile des Tons sind beschädigt und wurden ausgelassen.",
  ],
  [
    /^No words were found in the speech, so there are no captions\.$/,
    "In der Sprache wurden keine Wörter erkannt, also gibt es keine Untertitel.",
  ],
  [
    /^The captions contain letters that the font lacks \((.+)\), so they are in files and not in the picture\.$/,
    "Die Untertitel enthalten Zeichen, die der Schrift fehlen ($1). Sie sind deshalb in Dateien und nicht im Bild.",
  ],

  // Warum ein Foto nicht verwendet werden kann.
  [
    /^No face was found\. Use a photo of one person/,
    "Es wurde kein Gesicht gefunden. Verwenden Sie ein Foto einer Person, die in die Kamera sieht, mit dem ganzen Gesicht.",
  ],
  [
    /^No face was found in the video\./,
    "Im Video wurde kein Gesicht gefunden. Verwenden Sie ein Video einer Person, die in die Kamera sieht.",
  ],
  [
    /^The face is too small: the eyes are (\d+) pixels apart, and the minimum is (\d+)\./,
    "Das Gesicht ist zu klein: Die Augen sind $1 Pixel voneinander entfernt, nötig sind $2. Verwenden Sie ein größeres Foto, oder eines aus der Nähe.",
  ],
  [
    /^The head is tilted by (\d+) degrees, and the maximum is (\d+)\./,
    "Der Kopf ist um $1 Grad geneigt, erlaubt sind $2. Drehen Sie das Foto so, dass der Kopf aufrecht ist.",
  ],
  [
    /^The face is turned (\d+) degrees (?:to the side|up|down), and the maximum is (\d+)\./,
    "Das Gesicht ist um $1 Grad abgewandt, erlaubt sind $2. Verwenden Sie ein Foto, auf dem die Person in die Kamera sieht.",
  ],
  [
    /^The face is cut off at the edge of the photo\./,
    "Der Rand des Fotos schneidet das Gesicht ab. Verwenden Sie ein Foto mit dem ganzen Gesicht, von der Stirn bis zum Kinn.",
  ],
  [
    /^The mouth seems to be covered\./,
    "Der Mund scheint verdeckt zu sein. Verwenden Sie ein Foto ohne Maske, Hand oder Mikrofon vor dem Mund.",
  ],
  [
    /^The mouth is open too wide\./,
    "Der Mund ist zu weit offen. Verwenden Sie ein Foto mit geschlossenem Mund.",
  ],
  [/^The photo is empty\./, `Das Foto ist leer. ${CHOOSE_PHOTO}`],
  [
    /^The photo is damaged and cannot be decoded\./,
    "Das Foto ist beschädigt und kann nicht gelesen werden. Speichern Sie es neu, oder verwenden Sie ein anderes.",
  ],
  [/^The photo is larger than (\d+) MB\./, "Das Foto ist größer als $1 MB. Verwenden Sie ein kleineres."],
  [
    /^The photo has more than (\d+) megapixels\./,
    "Das Foto hat mehr als $1 Megapixel. Verwenden Sie ein kleineres.",
  ],
  [
    /^The photo is (?:not a picture that can be read|.+ file)\. Use/,
    `Die Datei ist kein lesbares Foto. ${CHOOSE_PHOTO}`,
  ],

  // Warum ein Ton nicht verwendet werden kann.
  [
    /^The (?:audio file is|audio track of the file is) empty\./,
    "Der Ton ist leer. Verwenden Sie eine Datei, die Sprache enthält.",
  ],
  [/^The file has no audio track\./, "Die Datei hat keinen Ton. Verwenden Sie eine, die Sprache enthält."],
  [
    /^(?:The audio cannot be decoded|The file is not audio that can be read|The audio codec is not supported)/,
    `Dieser Ton kann nicht gelesen werden. ${CHOOSE_AUDIO}`,
  ],

  // Aufträge.
  [
    /^Processing took too long and was stopped\.$/,
    "Die Verarbeitung hat zu lange gedauert und wurde abgebrochen.",
  ],
  [
    /^image: the file cannot be fetched from its URL\./,
    "Das Bild kann von seiner Adresse nicht abgerufen werden.",
  ],
  [
    /^video: the file cannot be fetched from its URL\./,
    "Das Video kann von seiner Adresse nicht abgerufen werden.",
  ],
  [
    /^audio: the file cannot be fetched from its URL\./,
    "Der Ton kann von seiner Adresse nicht abgerufen werden.",
  ],

  // Dokumente von Agenten.
  [/^url: the document cannot be fetched\./, "Das Dokument kann von dieser Adresse nicht abgerufen werden."],
  [/^The document is empty\.$/, "Das Dokument ist leer."],
  [
    /^The document has no text\./,
    "Das Dokument enthält keinen Text. Gescannte Seiten brauchen erst eine Texterkennung (OCR).",
  ],
  [
    /^The document has more than (\d+) passages\./,
    "Das Dokument hat mehr als $1 Abschnitte. Teilen Sie es auf.",
  ],
  [/^The text is not in UTF-8\./, "Der Text ist nicht in UTF-8. Speichern Sie ihn als UTF-8."],
  [/^The PDF is damaged, or not a PDF\.$/, "Die PDF-Datei ist beschädigt, oder sie ist keine."],
  [
    /^The PDF is protected by a password\./,
    "Die PDF-Datei ist mit einem Passwort geschützt. Verwenden Sie eine ohne Passwort.",
  ],
  [/^The PDF has more than (\d+) pages\./, "Die PDF-Datei hat mehr als $1 Seiten. Teilen Sie sie auf."],
  [
    /^The format of the document is not supported\./,
    "Dieses Format wird nicht unterstützt. Verwenden Sie PDF, HTML, Markdown oder Text.",
  ],
  [/^Reading the document takes too long\./, "Das Dokument zu lesen dauert zu lange. Teilen Sie es auf."],
];

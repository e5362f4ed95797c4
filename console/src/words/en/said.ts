/** Sentences of the server: it says them in English. Some name a field of the API, which people do not see. */

/** Patterns of what the server says, each with the text in its place; `$1` is the first value in it. */
export const said: readonly (readonly [pattern: RegExp, text: string])[] = [
  [
    /^(image|video|audio): the file cannot be fetched from its URL\.(.*)$/,
    "The $1 cannot be fetched from its URL.$2",
  ],
  [/^url: the document cannot be fetched\.(.*)$/, "The document cannot be fetched.$1"],
];

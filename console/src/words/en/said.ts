/** Sentences of the server about photos and sound: it says them in English. */

/** Patterns of what the server says, each with the text in its place; `$1` is the first value in it. */
export const said: readonly (readonly [pattern: RegExp, text: string])[] = [];

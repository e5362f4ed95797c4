/** The forms of a text by number: `other` always, and those that the language has besides. */
export type Plurals = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** Makes what chooses among forms by the rules of one language. */
export function pluralsOf(language: string): (count: number, forms: Plurals) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => forms[rules.select(count)] ?? forms.other;
}

// Sentences with places: "{count} waiting". A sentence that depends on a number has one and other forms.

export type Sentence = string | { one: string; other: string };
export type Values = Record<string, string | number>;

export function fill(sentence: Sentence, values: Values, plural: Intl.PluralRules): string {
  const form = typeof sentence === 'string' ? sentence : sentence[plural.select(Number(values.count ?? 0)) === 'one' ? 'one' : 'other'];
  return form.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}

/** The names of the places in a sentence, sorted: what a translation must keep. */
export function places(sentence: Sentence): string[] {
  const forms = typeof sentence === 'string' ? [sentence] : [sentence.one, sentence.other];
  return [...new Set(forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')))].sort();
}

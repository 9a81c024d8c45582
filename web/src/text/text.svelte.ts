// The page's words in the language chosen (or the browser's).
import en from './en.json';
import { fill, type Sentence, type Values } from './fill.ts';

export type Key = keyof typeof en;
type Catalogue = Record<Key, Sentence>;
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
const KEPT = 'chairside.language';

class Words {
  language = $state<Language>('en');
  #catalogue = $state.raw<Catalogue>(en);
  #plural = $derived(new Intl.PluralRules(this.language));

  /** For Intl: the region of a browser that speaks this language, else the language alone. */
  get locale(): string {
    const own = navigator.languages.find((tag) => tag.split('-')[0] === this.language);
    return own ?? (this.language === 'en' ? 'en-GB' : this.language);
  }

  async begin(): Promise<void> {
    const kept = localStorage.getItem(KEPT);
    const wished = [kept ?? '', ...navigator.languages].map((tag) => tag.split('-')[0]);
    await this.choose(LANGUAGES.find((language) => wished.find((one) => (LANGUAGES as readonly string[]).includes(one ?? '')) === language) ?? 'en', false);
  }

  async choose(language: Language, keep = true): Promise<void> {
    this.#catalogue = language === 'de' ? ((await import('./de.json')).default as Catalogue) : en;
    this.language = language;
    document.documentElement.lang = language;
    if (keep) localStorage.setItem(KEPT, language);
  }

  say(key: Key, values: Values): string {
    return fill(this.#catalogue[key] ?? en[key] ?? key, values, this.#plural);
  }
}

export const words = new Words();
export const t = (key: Key, values: Values = {}): string => words.say(key, values);

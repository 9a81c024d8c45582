// Light, dark, or as the device says.
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEPT = 'chairside.theme';

export function theme(): Theme {
  const kept = localStorage.getItem(KEPT);
  return (THEMES as readonly string[]).includes(kept ?? '') ? (kept as Theme) : 'auto';
}

export function useTheme(chosen: Theme): void {
  localStorage.setItem(KEPT, chosen);
  document.documentElement.dataset.theme = chosen;
}

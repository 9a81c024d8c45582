import { mount } from 'svelte';
import App from './App.svelte';
import { shop } from './live/store.svelte.ts';
import { theme, useTheme } from './look/theme.ts';
import './look/tokens.css';
import './look/base.css';
import { words } from './text/text.svelte.ts';

useTheme(theme());
void shop.begin();
await words.begin();
const place = document.getElementById('app');
if (place) mount(App, { target: place });

// Only over HTTPS or on this machine do browsers have it; nothing needs it but opening the app while the service is away.
if (import.meta.env.PROD) navigator.serviceWorker?.register('/sw.js').catch(() => {});

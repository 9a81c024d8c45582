// Requests to the service. Fails with ApiError only: `status` 0 means that no answer came.
import type { Problem } from './types.ts';

const ROOT = '/api/v1';
const CHANGED = 412;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem?.detail || problem?.title || '');
  }

  get staleRevision(): boolean {
    return this.status === CHANGED;
  }
}

export interface Answer<T> {
  body: T;
  etag: string;
}

interface Ask {
  method?: string;
  body?: unknown;
  query?: Record<string, string | number | null | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let csrfToken = '';
let loggedOut = (): void => {};

export function useToken(token: string | null): void {
  csrfToken = token ?? '';
}

/** Called when an answer says that the session is over. */
export function onLoggedOut(tell: () => void): void {
  loggedOut = tell;
}

export function address(path: string, query: Ask['query'] = {}): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') parts.set(name, String(value));
  const text = parts.toString();
  return `${ROOT}${path}${text ? `?${text}` : ''}`;
}

export function asProblem(value: unknown): Problem | null {
  return typeof value === 'object' && value !== null && 'title' in value && 'status' in value ? (value as Problem) : null;
}

export async function request<T>(path: string, ask: Ask = {}): Promise<Answer<T>> {
  const method = ask.method ?? 'GET';
  const headers: Record<string, string> = { Accept: 'application/json', ...ask.headers };
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  if (ask.body !== undefined) headers['Content-Type'] = 'application/json';
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (ask.body !== undefined) init.body = JSON.stringify(ask.body);
  if (ask.signal) init.signal = ask.signal;
  let response: Response;
  try {
    response = await fetch(address(path, ask.query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, null);
  }
  const text = await response.text();
  const body: unknown = text ? parse(text) : null;
  if (!response.ok) {
    if (response.status === 401 && !(path === '/session' && method === 'POST')) loggedOut();
    throw new ApiError(response.status, asProblem(body));
  }
  return { body: body as T, etag: response.headers.get('ETag') ?? '' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function get<T>(path: string, query: Ask['query'] = {}, signal?: AbortSignal): Promise<T> {
  return (await request<T>(path, signal ? { query, signal } : { query })).body;
}

export async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  return (await request<T>(path, { method, body })).body;
}

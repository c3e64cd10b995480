/** Calls of the REST API with the log-in's tokens; refreshes them once when they have run out. */
interface Tokens {
  accessToken: string;
  refreshToken: string;
}

const storageName = 'mizan-tokens';
let tokens: Tokens | undefined = JSON.parse(sessionStorage.getItem(storageName) ?? 'null') ?? undefined;

export const isLoggedIn = (): boolean => tokens !== undefined;
export const accessToken = (): string => tokens?.accessToken ?? '';

function keep(next: Tokens | undefined): void {
  tokens = next;
  if (next) sessionStorage.setItem(storageName, JSON.stringify(next));
  else sessionStorage.removeItem(storageName);
}

/** @throws Error with the message of the platform, in the reader's language */
async function post(path: string, body: object): Promise<any> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': document.documentElement.lang },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export async function logIn(email: string, password: string): Promise<void> {
  keep(await post('/api/v1/auth/login', { email, password }));
}

export async function logOut(): Promise<void> {
  const refreshToken = tokens?.refreshToken;
  keep(undefined);
  if (refreshToken) await post('/api/v1/auth/logout', { refreshToken });
}

let refreshing: Promise<void> | undefined;

export function refresh(): Promise<void> {
  refreshing ??= post('/api/v1/auth/refresh', { refreshToken: tokens?.refreshToken })
    .then(keep, (error: unknown) => {
      keep(undefined);
      throw error;
    })
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}

/** The `data` of a GET, or undefined when the credential may not see it. */
export async function get<T>(path: string, isRetry = false): Promise<T | undefined> {
  const response = await fetch(path, { headers: { authorization: `Bearer ${accessToken()}` } });
  if (response.status === 401 && !isRetry) {
    await refresh();
    return get(path, true);
  }
  return response.ok ? (await response.json()).data : undefined;
}

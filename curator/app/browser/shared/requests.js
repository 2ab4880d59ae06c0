// One request to the server: what it takes and what can go wrong with it.

const TIMEOUT_MS = 8000;

export const AWAY = "The server is away. Go on labelling: what waits here is sent when it is back.";
export const ANOTHERS = "Somebody else has signed in here. What waits is kept until you sign in again.";
const PROBLEMS = {
  401: "You are signed out. Sign in again in another tab; what waits here is sent then.",
  409: ANOTHERS,
  507: "The server has no room to store labels. Go on labelling: what waits here is kept, and sent when it has.",
  422: "The server did not understand this page. Load it again; nothing is lost.",
};

export class PostError extends Error {
  constructor(status) {
    super(`HTTP ${status}`);
    this.problem = PROBLEMS[status] ?? "";
    this.needsToken = status === 403;
    this.isAnothers = status === 409;
  }
}

export async function fetchJson(address) {
  const response = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new PostError(response.status);
  return response.json();
}

export const freshToken = async (api) => (await fetchJson(`${api}/me`)).csrf;

export async function postLabels(api, token, body, options = {}) {
  const response = await fetch(`${api}/labels`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
    // What is sent on leaving has no page left to wait for it.
    ...(options.keepalive ? { keepalive: true } : { signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });
  if (!response.ok) throw new PostError(response.status);
  return response.json();
}

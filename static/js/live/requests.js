/** Requests to the API as the signed-in person, with the page's CSRF token. */

const PATIENCE_MS = 20_000;

/** {status, json, retryAfter}; status 0 where no answer came. */
export async function request(method, url, body = undefined, headers = {}, options = {}) {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        Accept: "application/json",
        "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]')?.content ?? "",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...options,
    });
    const json = await response.json().catch(() => null);
    const isAnswer = json !== null || response.status === 204 || response.status >= 400;
    return { status: isAnswer ? response.status : 0, json, retryAfter: Number(response.headers.get("Retry-After")) };
  } catch {
    return { status: 0, json: null, retryAfter: 0 };
  }
}

/** The text of a page or a part of it; throws where it did not come. */
export async function readText(url) {
  const response = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

/** One file on its way up, with its progress; ``fetch`` does not tell how far a body has come. */

const PATIENCE_MS = 120_000;

/**
 * {stop, done}: `done` resolves to {status, json}; status 0 where no answer came, "stopped" where one stopped it.
 * `progress` is called with the part that has left, from 0 to 1.
 */
export function sendFile(file, progress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(total ? loaded / total : 0));
    request.addEventListener("load", () => resolve({ status: request.status, json: request.response }));
    request.addEventListener("error", () => resolve({ status: 0 }));
    request.addEventListener("timeout", () => resolve({ status: 0 }));
    request.addEventListener("abort", () => resolve({ status: "stopped" }));
  });
  request.open("POST", "/api/v1/files");
  request.responseType = "json";
  request.timeout = PATIENCE_MS;
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRF-Token", document.querySelector('meta[name="csrf-token"]')?.content ?? "");
  const body = new FormData();
  body.append("file", file);
  request.send(body);
  return { stop: () => request.abort(), done };
}

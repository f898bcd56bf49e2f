// Talks to the server: acts by POST, news by a stream of events that resumes where it stopped.

import { setNow, store, take, tell } from "./store.js";
import { t, tag } from "./texts.js";

export const clientId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function answered(request) {
  try {
    const answer = await request;
    const data = await answer.json();
    return answer.ok ? { ok: true, ...data } : { ok: false, error: data.error ?? t("webchat.error.form") };
  } catch {
    return { ok: false, error: t("webchat.error.network") };
  }
}

export function post(act, ask) {
  const headers = { "content-type": "application/json", "accept-language": tag() };
  const body = JSON.stringify({ client_id: clientId(), ...ask });
  return answered(fetch(`api/${act}`, { method: "POST", headers, body }));
}

export function upload(ask, file) {
  const headers = { "content-type": file.type || "application/octet-stream", "accept-language": tag() };
  return answered(fetch(`api/upload?${new URLSearchParams(ask)}`, { method: "POST", headers, body: file }));
}

export async function state(since = 0) {
  return (await fetch(`api/state?since=${since}`)).json();
}

let source = null;
let wasLost = false;

export function listen() {
  source?.close();
  source = new EventSource(`api/stream?since=${store.revision}`);
  source.addEventListener("message", (event) => take(JSON.parse(event.data)));
  source.addEventListener("loops", (event) => {
    store.loops = JSON.parse(event.data);
    tell("loops");
  });
  source.addEventListener("clock", (event) => setNow(JSON.parse(event.data).now));
  source.addEventListener("open", reconnected);
  source.addEventListener("error", () => {
    wasLost = true;
    tell("connection", false);
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  });
}

async function reconnected() {
  tell("connection", true);
  if (!wasLost) return;
  wasLost = false;
  const { revision } = await state(store.revision || 1);
  if (revision < store.revision) location.reload(); // another database: what we show is gone
}

addEventListener("pagehide", () => source?.close());
